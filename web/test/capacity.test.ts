import { render } from "svelte/server";
import { afterEach, describe, expect, test } from "vitest";
import { preferences } from "../src/live/preferences.svelte";
import type { CapacityState } from "../src/types";
import BusyLine from "../src/ui/BusyLine.svelte";
import { countLine, fullLine } from "../src/ui/capacity";

afterEach(() => preferences.setLanguage("en"));

const cost = { decode: 0.1, loop: 0.02, rest: 0.01 };
const state = (change: Partial<CapacityState>): CapacityState => ({ state: "ok", calls: 7, most: 9, late: 0, refused: 0, limited_by: "cores", cost, cores: 2, by_cost: 9, when_full: "refuse", without_help: 0, rehearsed: true, ...change });

describe("how full the machine is", () => {
  test("stands beside the number of calls, and says how much room there is before there is none", () => {
    expect(countLine(state({}))).toBe("7 of 9 calls at once");
    expect(countLine(state({ calls: 8, state: "nearly_full" }))).toBe("8 of 9 calls at once, room for 1 more");
    expect(countLine(state({ calls: 9, state: "full" }))).toBe("9 of 9 calls at once");
    expect(countLine(state({ calls: 0.5, most: 1 }))).toBe("0.5 of 1 call at once");
    preferences.setLanguage("es");
    expect(countLine(state({ calls: 1, most: 1, state: "full" }))).toBe("1 de 1 llamada a la vez");
  });

  test("is told as a caution, with how many calls were refused", () => {
    expect(fullLine(state({ state: "full", refused: 3 }))).toBe("This machine is full: new calls are refused (3 refused in the last hour)");
    expect(fullLine(state({ state: "full" }))).toBe("This machine is full: new calls are refused");
    expect(fullLine(state({ state: "full", when_full: "record" }))).toBe("This machine is full: new calls are taken without help");
  });

  test("is not told to be over while another line is seen in its place", () => {
    const html = render(BusyLine, { props: { text: "", is: true, begun: "Full.", over: "Not full.", testid: "full" } }).body;
    expect(html).toContain("Full.");
    expect(html).not.toContain("Not full.");
  });
});
