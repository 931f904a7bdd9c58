import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { leaks } from "./leak-scan.js";

const secret = "XkanariaW";
const around = (bytes: Uint8Array): Uint8Array => Buffer.concat([Buffer.from("{\"a\":\""), bytes, Buffer.from("\"} and more text")]);
const packed = Buffer.from(`Dear Dr. Z, ${secret} was seen today. `.repeat(3));

void test("the scanner that all canary tests trust finds a planted secret in every form", () => {
  const forms: [string, Uint8Array][] = [
    ["raw", around(Buffer.from(secret.toUpperCase()))], ["base64", around(Buffer.from(Buffer.from(`x${secret}yz`).toString("base64")))], ["hex", around(Buffer.from(Buffer.from(secret).toString("hex").toUpperCase()))],
    ["utf-16le", around(Buffer.from(secret, "utf16le"))], ["utf-16be", around(Buffer.from(secret, "utf16le").swap16())],
    ["compressed raw", around(gzipSync(packed))], ["compressed raw", around(deflateSync(packed))], ["compressed raw", deflateRawSync(packed)],
    ["compressed raw", around(Buffer.from(gzipSync(packed).toString("base64")))], ["compressed raw", around(Buffer.from(deflateRawSync(packed).toString("base64")))], ["compressed raw", around(Buffer.from(deflateSync(packed).toString("hex")))],
    ["compressed raw", gzipSync(gzipSync(packed))], ["compressed base64", around(gzipSync(packed.toString("base64")))],
  ];
  for (const [form, output] of forms) assert.ok(leaks(output, secret).includes(form), `${form}: ${leaks(output, secret).join()}`);
  assert.deepEqual(leaks(around(gzipSync(Buffer.from("nothing of the kind"))), secret), []);
});
