import { getOperationAST, GraphQLError, parse, specifiedRules, validate, type DocumentNode, type GraphQLSchema } from "graphql";
import { limitRules, operationLimits } from "../limits/rules.js";

const rules = [...specifiedRules, ...limitRules];
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

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
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
      const errors = validate(this.#schema, document, rules);
      if (errors.length > 0) return errors;
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
