import { getOperationAST, getVariableValues, OperationTypeNode, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from "graphql";
import { conditionVariables, planQuery, type OperationPlan } from "./plan.js";

/** Texts that are remembered have so many characters together: some 25 MB of parsed documents, of texts that are nothing but fields. */
const rememberedCharacters = 150_000;
/** Plans that are remembered have so many fields together, some 15 MB. One query has as many plans as there are values of what @skip and @include ask. */
const rememberedFields = 50_000;

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
  #fields = 0;

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
      plan = planQuery(this.#schema, document, operation, variables);
      // A null takes room too.
      this.#fields += plan?.fields ?? 1;
      if (this.#fields > rememberedFields) this.#forgetPlans(plan?.fields ?? 1);
      plans.set(key, plan);
    }
    return plan && { document, operation, plan, given, variables };
  }

  /** All of them: they are made again in a moment, and nobody counts who has which. */
  #forgetPlans(left: number): void {
    for (const { plans } of this.#byText.values()) plans.clear();
    this.#fields = left;
  }
}
