import fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { apply, applyWall, belongsOnWall, openCall, openRow, replay } from "../src/live/store";
import type { CallState, WallRow, WireRecord } from "../src/types";

interface Golden {
  name: string;
  records: WireRecord[];
  states: CallState[];
  rows: WallRow[];
}

const FOLDER = new URL("../../tests/contract/golden/", import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")) as Golden;
const goldens = readdirSync(FOLDER).filter((name) => name.endsWith(".json")).map(read);

describe.each(goldens)("golden stream $name", ({ records, states, rows }) => {
  const [first, ...rest] = records as [WireRecord, ...WireRecord[]];

  test("gives the same call states as the server", () => {
    let state = openCall(first);
    expect(state).toEqual(states[0]);
    rest.forEach((record, i) => {
      state = apply(state, record);
      expect(state).toEqual(states[i + 1]);
    });
  });

  test("gives the same wall rows as the server", () => {
    let row = openRow(first);
    expect(row).toEqual(rows[0]);
    rest.forEach((record, i) => {
      row = applyWall(row, record);
      expect(row).toEqual(rows[i + 1]);
    });
  });

  test("snapshot at any point plus the rest is the final state", () => {
    states.forEach((snapshot, k) => {
      expect(records.slice(k + 1).reduce(apply, snapshot)).toEqual(states.at(-1));
      expect(records.slice(k + 1).reduce(applyWall, rows[k] as WallRow)).toEqual(rows.at(-1));
    });
  });

  test("a resume that repeats what the client has changes nothing", () => {
    fc.assert(
      fc.property(fc.nat(records.length - 1), fc.nat(records.length - 1), (k, overlap) => {
        const from = Math.max(0, k + 1 - overlap);
        expect(records.slice(from).reduce(apply, states[k] as CallState)).toEqual(states.at(-1));
      }),
    );
  });

  test("stored records alone, without partials, give the same finished call", () => {
    const stored = records.filter((record) => record.type !== "partial");
    expect(replay(stored)).toEqual(states.at(-1));
  });
});

test("a call that begins with anything but its start is refused", () => {
  const stray = goldens[0]?.records[1] as WireRecord;
  expect(() => openCall(stray)).toThrow(/begins with/);
});

test("a finished call stays on the wall only while an alert is unresolved", () => {
  const rows = goldens.flatMap((golden) => golden.rows);
  for (const row of rows) expect(belongsOnWall(row)).toBe(row.status === "live" || row.worst !== null);
  expect(rows.some((row) => row.status !== "live" && row.worst !== null)).toBe(true);
});
