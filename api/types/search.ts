import { Field, Float, InputType, ObjectType, registerEnumType } from "type-graphql";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";

/** Whose stemming and stop words a search goes by. */
export enum SearchLanguage {
  ENGLISH = "ENGLISH",
  GERMAN = "GERMAN",
  FRENCH = "FRENCH",
  SPANISH = "SPANISH",
  ITALIAN = "ITALIAN",
  PORTUGUESE = "PORTUGUESE",
  DUTCH = "DUTCH",
  NONE = "NONE",
}

registerEnumType(SearchLanguage, {
  name: "SearchLanguage",
  description: "Whose stemming and stop words a search goes by.",
  valuesConfig: {
    ENGLISH: { description: "English." },
    GERMAN: { description: "German." },
    FRENCH: { description: "French." },
    SPANISH: { description: "Spanish." },
    ITALIAN: { description: "Italian." },
    PORTUGUESE: { description: "Portuguese." },
    DUTCH: { description: "Dutch." },
    NONE: { description: "None: a word is looked for as it is written, though it is found where it is the stem of another too." },
  },
});

@InputType("ListingSearch", { description: "A full-text search over the listings' metadata." })
export class ListingSearch {
  @Field(() => String, { description: 'Words that must all be there. `"two words"` one after the other; `a or b`; `-not`; `begin*` for all that begins so. At most 500 characters.' }) text!: string;
  @Field(() => SearchLanguage, { nullable: true, description: "Whose stemming it goes by; any of them if left out." }) language?: SearchLanguage | null;
}

@For(asReached)
@ObjectType("HighlightPart", { description: "A piece of a text. In their order the pieces give the excerpt.", simpleResolvers: true })
export class HighlightPart {
  @Field(() => String, { description: "The piece, as it is written: not escaped for any markup." }) text!: string;
  @Field(() => Boolean, { description: "Whether the search found this piece." }) found!: boolean;
}

@For(asReached)
@ObjectType("SearchHit", { description: "How a listing answers the search.", simpleResolvers: true })
export class SearchHit {
  @Field(() => Float, { description: "How well, 0 to 1: the title counts more, and words that stand together." }) score!: number;
  @Field(() => [HighlightPart], { description: "An excerpt of the metadata with what was found in it." }) highlight!: HighlightPart[];
}
