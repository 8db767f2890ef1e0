import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
// @ts-expect-error -- a plain script without types
import { generate } from "../scripts/generate-protocol.mjs";

test("the committed types are those of the committed schema", async () => {
  const committed = readFileSync(new URL("../src/protocol.gen.ts", import.meta.url), "utf8");
  expect(await generate(), "run `npm run generate`").toBe(committed);
});
