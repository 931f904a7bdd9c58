import type { DataSource, EntityTarget, ObjectLiteral } from "typeorm";

/**
 * Turns rows of hand-written SQL into entities: column names to property names, numbers to bigint, as TypeORM would.
 * @param rows - each must have every column of the entity.
 */
export function hydrate<Entity extends ObjectLiteral>(database: DataSource, entity: EntityTarget<Entity>, rows: readonly Record<string, unknown>[]): Entity[] {
  const metadata = database.getMetadata(entity);
  return rows.map((row) => {
    const made = metadata.create() as Record<string, unknown>;
    for (const column of metadata.columns) {
      const value = row[column.databaseName];
      const { transformer } = column;
      made[column.propertyName] = value !== null && transformer && !Array.isArray(transformer) ? (transformer.from(value) as unknown) : value;
    }
    return made as Entity;
  });
}
