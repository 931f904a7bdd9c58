import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeBackend } from "../../crypto/backend/node.js";
import { sharedRecordOf } from "../../crypto/custody/shared-record.js";
import { encodeSharesDocument, type SharesDocument } from "../../crypto/custody/shares-document.js";
import type { ClientStatement } from "../../schema/client-statement.js";
import type { Custodians } from "../../schema/custody.js";
import { AppError } from "../../schema/errors.js";
import { requireShares } from "./require-shares.js";

const hash = (digit: string): string => `0x${digit.repeat(64)}`;
const payee = `0x${"ab".repeat(20)}`;
const commitments = { ciphertextRoot: hash("1"), plaintextRoot: hash("2"), keyCommitment: hash("3"), plainSize: 100, storedSize: 132 };
const statement = { contentHash: hash("4"), commitments } as ClientStatement;
const told: Custodians = { threshold: 2, custodians: ["a", "b", "c"].map((name) => ({ name, url: `https://${name}.example`, recipient: "age1pq1", publicKey: "" })) };
const document: SharesDocument = {
  format: "galen-shares/v1",
  record: sharedRecordOf(nodeBackend, { contentHash: statement.contentHash, payee, ...commitments }),
  plainSize: 100,
  threshold: 2,
  eraseHash: hash("5"),
  custodians: told.custodians.map(({ name, url }, index) => ({ name, url, commitment: hash(String(index)) })),
};

test("a document is taken for this record, this payee, and custodians whom the platform tells of", () => {
  requireShares(told, { payee }, statement, encodeSharesDocument(document));
  requireShares(told, { payee: payee.toUpperCase().replace("0X", "0x") }, statement, encodeSharesDocument({ ...document, custodians: document.custodians.slice(1) }));
  const [first] = document.custodians;
  assert.ok(first);
  for (const [what, changed, code, who = told, to = payee] of [
    ["another address", { custodians: [{ ...first, url: "https://elsewhere.example" }, ...document.custodians.slice(1)] }, "STATEMENT_INVALID"],
    ["a custodian twice", { custodians: [first, first] }, "STATEMENT_INVALID"],
    ["an unknown one", { custodians: [{ ...first, name: "d" }, ...document.custodians.slice(1)] }, "STATEMENT_INVALID"],
    ["another record", { record: hash("6") }, "STATEMENT_INVALID"],
    ["another size", { plainSize: 101 }, "STATEMENT_INVALID"],
    ["another payee", {}, "STATEMENT_INVALID", told, `0x${"cd".repeat(20)}`],
    ["no custodians here", {}, "STATEMENT_INVALID", null],
    ["one is enough", { threshold: 1 }, "ENVELOPE_MALFORMED"],
    ["more than there are", { threshold: 4 }, "ENVELOPE_MALFORMED"],
    ["a field more", { fileKey: "x" }, "ENVELOPE_MALFORMED"],
    ["no address", { custodians: [{ ...first, url: "file:///etc" }, ...document.custodians.slice(1)] }, "ENVELOPE_MALFORMED"],
  ] as [string, Partial<SharesDocument>, string, (Custodians | null)?, string?][]) {
    assert.throws(() => requireShares(who, { payee: to }, statement, encodeSharesDocument({ ...document, ...changed })), (error) => error instanceof AppError && error.code === code, what);
  }
  assert.throws(() => requireShares(told, { payee }, statement, Buffer.from(JSON.stringify(document, null, 1))), (error) => error instanceof AppError && error.code === "ENVELOPE_MALFORMED");
});
