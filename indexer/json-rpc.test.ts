import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { JsonRpc, RpcFailure } from "./json-rpc.js";

interface Asked {
  readonly id: number;
  readonly method: string;
}

/** Asks a node that answers as told. @returns what came of it, and how often it was asked. */
async function askedOf(answer: (calls: Asked[], response: ServerResponse, times: number, authorization: string | undefined) => void, ask: (rpc: JsonRpc) => Promise<unknown>, user = ""): Promise<{ result: unknown; times: number }> {
  let times = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => answer([JSON.parse(Buffer.concat(parts).toString()) as Asked | Asked[]].flat(), response, ++times, request.headers.authorization));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const rpc = new JsonRpc(`http://${user}127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    return { result: await ask(rpc).catch((error: unknown) => error), times };
  } finally {
    rpc.close();
    server.closeAllConnections();
    server.close();
  }
}
const json = (response: ServerResponse, value: unknown): void => void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
const two = (rpc: JsonRpc): Promise<unknown> => rpc.batch([{ method: "a", params: [] }, { method: "b", params: [] }]);
const one = (rpc: JsonRpc): Promise<unknown> => rpc.call("a", []);

test("results stand in the order of the calls, whatever the order of the answers; long batches go in parts", async () => {
  const echo = (calls: Asked[], response: ServerResponse): void => json(response, calls.length === 1 ? { id: calls[0]!.id, result: calls[0]!.method } : calls.map(({ id, method }) => ({ id, result: method })).reverse());
  assert.deepEqual(await askedOf(echo, two), { result: ["a", "b"], times: 1 });
  assert.deepEqual(await askedOf(echo, one), { result: "a", times: 1 });
  const methods = Array.from({ length: 250 }, (_, index) => `m${index}`);
  assert.deepEqual(await askedOf(echo, (rpc) => rpc.batch(methods.map((method) => ({ method, params: [] })))), { result: methods, times: 3 });
});

test("user and password of the address are sent, and are in no error; a zipped answer is read", async () => {
  const { result } = await askedOf(([call], response, _times, authorization) => {
    if (authorization !== `Basic ${Buffer.from("me:secret").toString("base64")}`) return void response.writeHead(401).end();
    response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(JSON.stringify({ id: call!.id, result: "0x1" })));
  }, one, "me:secret@");
  assert.equal(result, "0x1");
  const refused = await askedOf((_calls, response) => void response.writeHead(403).end(), one, "me:secret@");
  assert.equal((refused.result as Error).message, "HTTP status 403");
});

test("a node that is busy, or breaks off, is asked again; one that says no, or nonsense, is not", async () => {
  const wellLater = (fail: (response: ServerResponse, call: Asked) => void) => ([call]: Asked[], response: ServerResponse, times: number): void =>
    times < 3 ? fail(response, call!) : json(response, { id: call!.id, result: 7 });
  assert.deepEqual(await askedOf(wellLater((response) => void response.writeHead(503).end()), one), { result: 7, times: 3 });
  assert.deepEqual(await askedOf(wellLater((response) => void response.socket!.destroy()), one), { result: 7, times: 3 });
  assert.deepEqual(await askedOf(wellLater((response) => void response.writeHead(200, { "content-length": 100 }).write("{", () => response.socket!.destroy())), one), { result: 7, times: 3 });
  assert.deepEqual(await askedOf(wellLater((response, { id }) => json(response, { id, error: { code: -32005, message: "Rate limit exceeded" } })), one), { result: 7, times: 3 });

  const refused = async (answer: (calls: Asked[], response: ServerResponse) => void, message: RegExp): Promise<void> => {
    const { result, times } = await askedOf(answer, two);
    assert.ok(result instanceof RpcFailure, String(result));
    assert.match(result.message, message);
    assert.equal(times, 1);
  };
  await refused((calls, response) => json(response, calls.map(({ id }) => ({ id, error: { code: -32601, message: "no such method" } }))), /error -32601: no such method/);
  await refused((_calls, response) => void response.writeHead(200).end("<html>"), /no JSON/);
  await refused(([call], response) => json(response, [{ id: call!.id, result: 1 }]), /1 of 2 calls have no answer/);
  await refused(([call], response) => json(response, [call, call].map(() => ({ id: call!.id, result: 1 }))), /belongs to no call/);
  await refused((_calls, response) => json(response, [1, null]), /no object/);
  await refused((_calls, response) => void response.writeHead(500).end("broken"), /HTTP status 500/);
});

test("an address that is no web address is refused", () => assert.throws(() => new JsonRpc("ws://127.0.0.1:1"), TypeError));
