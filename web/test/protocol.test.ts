import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { NOTE_LENGTH } from "../src/limits";
// @ts-expect-error -- a plain script without types
import { generate } from "../scripts/generate-protocol.mjs";
// @ts-expect-error -- as above
import { generateRest } from "../scripts/generate-rest.mjs";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

test("the committed types are those of the committed schema", async () => {
  expect(await generate(), "run `npm run generate`").toBe(read("../src/live/protocol.gen.ts"));
});

test("so are those of the REST routes", async () => {
  expect(await generateRest(), "run `npm run generate`").toBe(read("../src/rest.gen.ts"));
});

test("no field lets a person type more than the server takes", () => {
  const { note } = JSON.parse(read("../../tests/contract/wire.schema.json")).$defs.ChangeAlert.properties;
  expect(NOTE_LENGTH).toBe(note.maxLength);
});
