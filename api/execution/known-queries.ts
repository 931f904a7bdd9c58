import { getOperationAST, getVariableValues, OperationTypeNode, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from "graphql";
import { conditionVariables, planQuery, type OperationPlan } from "./plan.js";

/** Texts that are remembered have so many characters together, so that their parsed documents stay within some 20 MB. */
const rememberedCharacters = 250_000;
/** Of one operation: for different values of what @skip and @include ask. */
const plansPerOperation = 20;

export interface KnownQuery {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly plan: OperationPlan;
  /** As they were sent. */
  readonly given: Record<string, unknown>;
  /** As the plan's fields take them. */
  readonly variables: Record<string, unknown>;
}

interface Remembered {
  /** By which it may be asked for without its text; null where nobody registered that. */
  hash: string | null;
  readonly document: DocumentNode;
  /** Variables that decide which fields are asked for. */
  readonly conditions: readonly string[];
  readonly plans: Map<string, OperationPlan | null>;
}

/** Queries that were parsed and found valid, by their text: they need neither again. The longest unused ones are forgotten. */
export class KnownQueries {
  readonly #schema: GraphQLSchema;
  readonly #byText = new Map<string, Remembered>();
  readonly #byHash = new Map<string, string>();
  #characters = 0;

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /**
   * @param document - of the text, and valid.
   * @param hash - of the text, where it was registered by it.
   */
  note(text: string, document: DocumentNode, hash: string | null = null): void {
    let known = this.#byText.get(text);
    if (!known) {
      if (text.length > rememberedCharacters / 10) return;
      this.#byText.set(text, (known = { document, hash: null, conditions: conditionVariables(document), plans: new Map() }));
      this.#characters += text.length;
    }
    if (hash !== null) this.#byHash.set((known.hash = hash), text);
    for (const [oldest, { hash: old }] of this.#byText) {
      if (this.#characters <= rememberedCharacters) break;
      this.#byText.delete(oldest);
      if (old !== null) this.#byHash.delete(old);
      this.#characters -= oldest.length;
    }
  }

  /** @returns the text that was registered by a hash; null where none is known here. */
  textOf(hash: string): string | null {
    return this.#byHash.get(hash) ?? null;
  }

  /** @returns null where the text is not known, or is to be run in the general way: its errors in operation name and variables among it. */
  find(text: string, operationName: string | undefined, given: Record<string, unknown>): KnownQuery | null {
    const found = this.#byText.get(text);
    if (!found) return null;
    this.#byText.delete(text);
    this.#byText.set(text, found);
    const { document, conditions, plans } = found;
    const operation = getOperationAST(document, operationName);
    if (operation?.operation !== OperationTypeNode.QUERY) return null;
    const { coerced: variables } = getVariableValues(this.#schema, operation.variableDefinitions ?? [], given, { maxErrors: 1 });
    if (!variables) return null;
    const key = JSON.stringify([operationName, ...conditions.map((name) => variables[name])]);
    let plan = plans.get(key);
    if (plan === undefined) {
      if (plans.size >= plansPerOperation) plans.clear();
      plans.set(key, (plan = planQuery(this.#schema, document, operation, variables)));
    }
    return plan && { document, operation, plan, given, variables };
  }
}
