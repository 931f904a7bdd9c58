import { getOperationAST, GraphQLError, parse, specifiedRules, validate, NoSchemaIntrospectionCustomRule, type DocumentNode, type GraphQLSchema, type ValidationRule } from "graphql";
import { limitRules, operationLimits } from "../limits/rules.js";

/** Documents that were found good, remembered: thousands of clients send the same text. */
const remembered = 1_000;
/** Longer ones are not, in characters. */
const rememberedLength = 20_000;

export interface GoodDocument {
  /** One string for all who sent it, so that each socket need not keep its own. */
  readonly text: string;
  readonly document: DocumentNode;
}

/** Parses and validates as over HTTP. */
export class Documents {
  readonly #schema: GraphQLSchema;
  readonly #known = new Map<string, GoodDocument>();

  readonly #rules: readonly ValidationRule[];
  readonly #hideInternals: boolean;

  constructor(schema: GraphQLSchema, settings: { introspection: boolean; hideInternals: boolean }) {
    this.#schema = schema;
    this.#hideInternals = settings.hideInternals;
    this.#rules = [...specifiedRules, ...limitRules, ...(settings.introspection ? [] : [NoSchemaIntrospectionCustomRule])];
  }

  /** @returns the document, or what is wrong with it. */
  read(text: string, operationName: string | undefined): GoodDocument | readonly GraphQLError[] {
    const known = this.#known.get(text) ?? this.#parse(text);
    if (!("document" in known)) return known;
    return getOperationAST(known.document, operationName) ? known : [new GraphQLError("Unable to identify operation")];
  }

  #parse(text: string): GoodDocument | readonly GraphQLError[] {
    try {
      const document = parse(text, { maxTokens: operationLimits.tokens });
      const errors = validate(this.#schema, document, this.#rules);
      if (errors.length > 0) return this.#hideInternals ? errors.map(withoutSuggestion) : errors;
      const good = { text, document };
      if (text.length <= rememberedLength) {
        const [oldest] = this.#known.keys();
        if (this.#known.size >= remembered && oldest !== undefined) this.#known.delete(oldest);
        this.#known.set(text, good);
      }
      return good;
    } catch (error) {
      return [error instanceof GraphQLError ? error : new GraphQLError("The operation cannot be read.")];
    }
  }
}

/** The names that GraphQL suggests would tell the schema, name by name. */
const withoutSuggestion = (error: GraphQLError): GraphQLError =>
  new GraphQLError(error.message.replace(/ ?Did you mean .+\?$/, ""), { nodes: error.nodes ?? null, extensions: error.extensions });
