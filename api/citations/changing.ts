import { Extensions } from "type-graphql";

const key = "changing";

/** Says of a field that its value is not made of the chain's state at a block alone: it is never cited. @param why - "it is told of now" */
export const Changing = (why: string): MethodDecorator & PropertyDecorator => Extensions({ [key]: why });

/** For cursors: they end with the key that signs them. */
export const isCursor = Changing("cursors end with the key that signs them");

/** @returns why the field is never cited; null if it may be. */
export const whyChanging = (extensions: Readonly<Record<string, unknown>>): string | null => (extensions[key] as string | undefined) ?? null;
