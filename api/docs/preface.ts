import { variables } from "../../platform/config/variables.js";
import { stagedPartBytes } from "../../platform/objects/staged-parts.js";
import { maxDays, maxGraceSeconds, maxKeys } from "../auth/api-keys.js";
import { maxExportRows } from "../export/prepare-export.js";
import { exportMinutes } from "../export/serve-export.js";
import { listLimit } from "../limits/list-size.js";
import { operationLimits } from "../limits/rules.js";
import { defaultPageSize, maxPageSize } from "../paging/page-size.js";

/** The default of a variable of the configuration. */
const defaultOf = (name: "COST_LIMIT" | "ANONYMOUS_BUDGET" | "CLIENT_BUDGET" | "EXPORT_MAX_BYTES" | "UPLOAD_BYTES_PER_DAY" | "UPLOADS_PER_DAY" | "UPLOADS_AT_ONCE"): string => Number(variables[name].parse(undefined)).toLocaleString("en-US");
const count = (value: number): string => value.toLocaleString("en-US");

/** What stands before the schema in docs/api.md. The figures are those of the code. */
export const preface = (): string => `# The GraphQL API

<!-- Made from the schema by api/write-docs.ts. Do not edit. -->

One address, \`/graphql\`: queries and mutations by HTTP (GraphQL over HTTP; \`graphql-http\`'s audit passes whole), subscriptions by WebSocket
(\`graphql-transport-ws\`). A browser that opens it gets GraphiQL. The schema is served at \`/schema.graphql\` and committed as \`schema/api.graphql\`; ABIs are
served at \`/abi/…\`. Error codes are in [errors.md](errors.md), numbered feeds in [feed.md](feed.md), contracts in [market.md](market.md).

## Who asks

| as | how | lives |
|---|---|---|
| nobody | no header | what is public is readable without signing in |
| a session | Sign-In with Ethereum: \`signInChallenge\`, sign it, \`signIn\`; then \`Authorization: Bearer <accessToken>\` | 15 minutes; \`refreshSession\` gives a new pair for 7 days, and each refresh token works once; \`signOut\` ends both and its subscriptions |
| a program | \`createApiKey\` (no operator is asked); then \`Authorization: Bearer glk_…\` | up to ${maxDays} days; \`rotateApiKey\` leaves the old secret up to ${count(maxGraceSeconds)} s; \`revokeApiKey\` stops it at once; ${maxKeys} keys an account |

A key's scope is PUBLIC (public data with a budget of its own), READ (what the account may read) or TRADE (also its steps, and its records' keys and links). No key
makes keys or ends sessions. A token that is malformed, unknown, expired or revoked is refused with \`UNAUTHENTICATED\`, never taken for nobody.

Below, each field says who is shown it. Rows follow the same rules in lists, counts, facets and aggregates: what is on the chain is public; uploads, grants,
applications, access records, keys and jobs are not in any aggregate.

## Steps

A step answers with a result, with something on its way (an upload, a grant, an erasure: ask again, or subscribe), with a transaction for the own wallet
(\`PreparedTransaction\`: send \`data\` to \`to\` at gas price 0), or with EIP-712 typed data to sign (\`eth_signTypedData_v4\`). What is prepared was checked
against the index; the contract decides.

## Uploads

\`createUpload\`, then the bytes to \`uploadUrl\` by tus 1.0: \`HEAD\` tells the offset, \`PATCH\` appends, with the access token. A broken connection goes on from the offset. With the
checksum extension (\`Upload-Checksum: sha256 <base64>\`, or \`sha1\`; at most ${count(stagedPartBytes)} bytes a request) a request is taken whole or not at all: what does not match is answered
with 460 \`CHECKSUM_MISMATCH\`, and not kept. \`uploadProgress\` tells how much there is, and then each step.

## Errors

Every error has \`extensions {code, retryable, requestId, details}\`; the code is one of [errors.md](errors.md). The request id is also in the header \`x-request-id\`,
and finds the cause in the platform's log: no error tells of it. \`extensions.chain\` of every answer says how fresh it is.

## Limits

| limit | default | error |
|---|---|---|
| depth of selections | ${operationLimits.depth} | \`LIMIT_EXCEEDED\` |
| fields of one selection (breadth), fragments spread | ${operationLimits.breadth} | \`LIMIT_EXCEEDED\` |
| fields of an operation, fragments spread | ${count(operationLimits.fields)} | \`LIMIT_EXCEEDED\` |
| aliases | ${operationLimits.aliases} | \`LIMIT_EXCEEDED\` |
| directives | ${operationLimits.directives} | \`LIMIT_EXCEEDED\` |
| tokens of the text | ${count(operationLimits.tokens)} | \`LIMIT_EXCEEDED\` |
| bytes of a request or a WebSocket message | ${count(operationLimits.bodyBytes)} | \`LIMIT_EXCEEDED\` |
| bytes that one provider uploads in 24 hours; uploads begun in that time; begun and not sent whole (\`uploadQuota\` tells what is left) | ${defaultOf("UPLOAD_BYTES_PER_DAY")}; ${defaultOf("UPLOADS_PER_DAY")}; ${defaultOf("UPLOADS_AT_ONCE")} | \`QUOTA_EXCEEDED\`, with \`quota\`, \`left\` and \`retryAfterSeconds\` |
| bytes of an answer | ${count(operationLimits.answerBytes)} | \`LIMIT_EXCEEDED\` |
| entries of a page | ${maxPageSize}; ${defaultPageSize} if none is given | \`LIMIT_EXCEEDED\` |
| values of a list in an argument | ${count(listLimit)} | \`LIMIT_EXCEEDED\` |
| time of a statement | 15 s | \`LIMIT_EXCEEDED\` |
| operations at once on one WebSocket | ${operationLimits.socketOperations} | \`LIMIT_EXCEEDED\` |
| rows of an export | ${count(maxExportRows)} | \`LIMIT_EXCEEDED\` |
| bytes of an export (\`EXPORT_MAX_BYTES\`) | ${defaultOf("EXPORT_MAX_BYTES")} | \`LIMIT_EXCEEDED\`, see below |
| time of an export | ${exportMinutes} min | its connection is broken |
| cost of an operation (\`COST_LIMIT\`) | ${defaultOf("COST_LIMIT")} | \`LIMIT_EXCEEDED\` with \`details {cost, limit}\` |
| cost a minute of one address without a token (\`ANONYMOUS_BUDGET\`) | ${defaultOf("ANONYMOUS_BUDGET")} | \`RATE_LIMITED\` with \`details {cost, budget, left, retryAfterSeconds}\` and \`Retry-After\` |
| cost a minute of one account or API key (\`CLIENT_BUDGET\`) | ${defaultOf("CLIENT_BUDGET")} | \`RATE_LIMITED\`, likewise |

The cost is estimated from the text and the variables before anything runs: an object costs 1 and a scalar nothing; a page costs as many times what is asked in
it as its size; a list that cannot be paged, ten times; what is more work than its size says has a cost of its own, named below. \`extensions.cost {estimated,
left}\` of an answer tells it. Budgets are counted in Redis, and in memory while Redis is away. When a client goes away, what still runs for its query is cancelled, in
Postgres too.

## Exporting

\`exportRows\` gives a link to whole listings, orders or audits of a filter; \`export(format)\` in \`listingAggregates\`, \`orderAggregates\` or \`auditAggregates\` one to
that answer's groups, computed again of the block that the answer names. CSV, Parquet or Arrow; whoever has the link fetches it, for five minutes. A group's row has
the dimensions that were grouped by, \`period\`, \`count\`, and what \`groups\` selects: \`buyers\`, \`price_sum_tusd_e6\` (whole numbers of the token's smallest unit: here
10⁻⁶ tUSD), \`price_p90_tusd_e6\`, and how many lie in each bar, as \`price_bar_1000_to_2000\`. Kinds, purposes and regions are numbers as on the chain, as in exports
of rows. A sum is a decimal of 38 digits, what is no sum an unsigned integer of 64 bits. An export that would have too many bytes (told from the first 1,000 rows, as
CSV) is refused when its link is asked for; one that turns out to have them is refused when it is opened, or, where it is being sent, its connection is broken
before the end: no file that was cut looks whole.

## Citing

\`cite\` (signed in) asks a query of a final block as nobody would, and keeps what makes it citable: the block and its hash, SHA-256 of the query in canonical form
with its variables, SHA-256 of the answer's data in canonical JSON (RFC 8785), and the metadata hashes of all listings that the answer rests on: each of up to 100, and
for any number an RFC 6962 root and how many. Anyone reads it at \`/citations/<id>\` (JSON; \`text/plain\` and \`application/x-bibtex\` by the Accept header) or with
\`citation\`, and replays it: \`citation(id) { replay { same reasons { difference message paths } resultHash result } }\` gives the same bytes, or says why not.
Root fields that can be cited are \`listings\`, \`orders\`, \`audits\` and the three aggregates, of what anyone may read. What is told of now (\`tradable\`, \`valid\`), what
tells of the answer's making (\`engine\`), cursors and full-text search are refused with the reason. The answer itself is not kept: see ADR 51.

## Cohorts and samples

\`listing { cohortCount(where) sample }\` are made from the metadata's published profile alone, where counts under five are suppressed at the source: whatever is asked, in
whatever order, nothing can come out that the metadata does not tell, so there is nothing to be gained from differences. Counts are of records and in fixed steps (5, 10, 20,
50 …). What the profile does not count (two conditions together, a code that is more specific, patients with a diagnosis) is \`UNANSWERABLE\` with the reason. \`sample\` is
ten rows drawn from these counts, each value by itself, seeded by the listing's id, and labelled synthetic.

## Catalogue

\`/catalog\` is what is on offer as DCAT-AP 3 and HealthDCAT-AP: Turtle or JSON-LD by the Accept header, or at \`/catalog.ttl\` and \`/catalog.jsonld\`. A page has 200 data
sets; \`hydra:next\` leads to the next one of the same final block. Each data set has an address of its own (\`/catalog/datasets/<listing id>\`), with publisher (nobody's
name for an anonymous listing), rights, place, years, legal basis, personal-data flag, coding systems, numbers of records and people to two digits, and an ODRL offer with price
and purposes. \`ETag\` changes with what is told, \`Last-Modified\` is the time of the newest final block with an event. No token is asked for.

## Persisted and trusted documents

Automatic persisted queries work as Apollo's clients send them: \`extensions.persistedQuery.sha256Hash\` alone, and the text once after \`PersistedQueryNotFound\`
(\`DOCUMENT_UNKNOWN\`). An operator can name trusted documents (\`TRUSTED_DOCUMENTS_FILE\`), which are known by their hash from the start, and run nothing else
(\`ONLY_TRUSTED_DOCUMENTS\`). \`INTROSPECTION\` switches introspection; in production no error suggests names.

## Browsers

Answers are encoded with br or gzip as the client takes them. Any origin may ask, or those of \`CORS_ORIGINS\`: nobody is ever known by a cookie. A POST that a
foreign page can send without a preflight is refused, and a GET may only query.

## What changes

Fields and values are added at any time. One that is to go is first marked \`@deprecated\` with what replaces it, stays for at least 180 days and one release after it
was marked, and is named in the release notes when it is marked and when it goes. Error codes, enumerations of the chain and the meaning of an argument never change.
`;
