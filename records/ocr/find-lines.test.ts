import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { maxBlanked } from "../formats/image/rules.js";
import { burnIn, labelSize, texture } from "../test-support/label.js";
import { findLines } from "./find-lines.js";
import { pieces } from "./pieces.js";
import { TextReader } from "./text-reader.js";

const reader = new TextReader();
after(() => reader.close());

void test("every word of up to 128 pixels is whole in a piece of a large picture, whose pixels are the picture's, and the whole comes first", () => {
  const sides = fc.integer({ min: 1, max: 2_600 });
  fc.assert(fc.property(sides, sides, fc.constantFrom(1, 2), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (width, height, scale, across, down) => {
    const data = new Uint8Array(width * height);
    for (let at = 0; at < data.length; at += 1) data[at] = (at * 31) >> 4;
    const all = [...pieces({ width, height, data }, scale)];
    const word = { x: Math.floor(across * Math.max(0, width - 128 / scale)), y: Math.floor(down * Math.max(0, height - 128 / scale)), width: Math.min(width, 128 / scale), height: Math.min(height, 128 / scale) };
    assert.ok(all.every(({ image }) => image.width * image.height * scale ** 2 <= 2 ** 20), "no piece is larger than is read at once");
    assert.ok(all.some(({ left, top, factor, image }) => factor === 1 && left <= word.x && top <= word.y && left + image.width >= word.x + word.width && top + image.height >= word.y + word.height));
    for (const { image, left, top, factor } of all) if (factor === 1) assert.equal(image.data.at(-1), data[(top + image.height - 1) * width + left + image.width - 1]);
    assert.ok(all.length === 1 || (all[0]?.factor ?? 0) > 1);
  }), { numRuns: 60 });
});

void test("small letters are found anywhere in a large picture, at the place where they are", async () => {
  const [width, height] = [1_600, 1_300];
  const data = new Uint8Array(width * height).fill(40);
  // Over the edge of two pieces, across and down.
  const places = [[900, 100], [20, 1_010], [1_380, 640]] as const;
  for (const [left, top] of places) burnIn(data, width, left, top, 255);
  const stripes = (await findLines({ width, height, data }, reader, 1)).filter(({ across }) => across);
  for (const [, top] of places) assert.ok(stripes.some(({ from, to }) => from <= top + 4 && to >= top + labelSize.height - 4), `the line at ${top}`);
  assert.ok(stripes.every(({ from, to }) => places.some(([, top]) => from >= top - 40 && to <= top + labelSize.height + 40)), "and nothing else");
});

void test("the search ends once more is text than may be blanked", async () => {
  const [width, height] = [320, 160];
  const written = texture(width, height).fill(255);
  for (let top = 0; top + 24 < height; top += 26) burnIn(written, width, 60, top, 0);
  let readings = 0;
  const counted = { read: async (...image: Parameters<TextReader["read"]>) => { readings += 1; return reader.read(...image); } };
  assert.ok((await findLines({ width, height, data: written }, counted, maxBlanked)).length > 0);
  assert.ok(readings <= 2, `${readings} readings, of eight`);
});
