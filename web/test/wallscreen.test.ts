/** A wall that says what it shows: the rows that come, the filter that both sides know, and the views of teams and agents. */
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SeenAlerts } from "../src/live/notices";
import { WIRE_VERSION } from "../src/live/protocol.gen";
import { applyWall, openRow } from "../src/live/store";
import { LiveWall } from "../src/live/wall.svelte";
import { withSaved, MOST_SAVED, choicesIn } from "../src/live/wallchoices.svelte";
import { agentLines, openMatters, teamLines } from "../src/screens/supervisor/groups";
import { chosenIn, EVERY_ROW, matchesFilter } from "../src/screens/supervisor/wallfilter";
import { elsewhere } from "../src/screens/supervisor/wallview";
import type { WallFilter, WallRow, WireRecord } from "../src/types";
import { alert, row } from "./build";
import { FakeSocket } from "./fake-socket";

const contract = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../tests/contract/${name}.json`, import.meta.url), "utf8"));

describe("the filter", () => {
  const { filters, shown } = contract("wall_filters") as { filters: WallFilter[]; shown: { [name: string]: string[] } };

  test.each(Object.keys(shown))("lets the same rows of %s through as the server's", (name) => {
    const { records } = contract(`golden/${name}`) as { records: [WireRecord, ...WireRecord[]] };
    const [first, ...rest] = records;
    const rows: WallRow[] = [openRow(first)];
    for (const record of rest) rows.push(applyWall(rows.at(-1) as WallRow, record));
    expect(filters.map((filter) => rows.map((one) => Number(matchesFilter(filter, one))).join(""))).toEqual(shown[name]);
  });

  test("counts what a person has chosen in it", () => {
    expect(chosenIn(EVERY_ROW)).toBe(0);
    expect(chosenIn({ ...EVERY_ROW, teams: ["a", "b"], lost_line: true, alerts: true })).toBe(3);
  });
});

describe("a wall that says what it shows", () => {
  const sockets: FakeSocket[] = [];
  const last = () => sockets.at(-1) as FakeSocket;
  const snapshot = (rows: readonly WallRow[], more = false) => ({ type: "wall_snapshot", version: WIRE_VERSION, boot: "b1", rows, more, older: 0, follow_up_days: 0, sent_at: "" });
  const changed = (rows: readonly WallRow[], left: readonly string[] = [], aged: readonly string[] = [], more = false) => ({ type: "wall_rows", rows, left, aged, more });
  const shown = { filter: EVERY_ROW, words_of: [] };

  beforeEach(() => {
    sockets.length = 0;
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    vi.stubGlobal("requestAnimationFrame", (run: () => void) => setTimeout(run, 16));
    vi.stubGlobal("cancelAnimationFrame", clearTimeout);
    vi.stubGlobal("location", { href: "http://localhost/supervisor" });
    vi.stubGlobal("addEventListener", () => {});
    vi.stubGlobal("removeEventListener", () => {});
    vi.stubGlobal("WebSocket", class extends FakeSocket {
      constructor(url: URL) {
        super(String(url));
        sockets.push(this);
      }
    });
  });

  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  function opened(...rows: WallRow[]): LiveWall {
    const wall = new LiveWall(null, shown);
    last().open();
    last().deliver(snapshot(rows));
    return wall;
  }

  function ids(wall: LiveWall): string[] {
    vi.advanceTimersByTime(50);
    return wall.rows.map((one) => one.call_id).sort();
  }

  test("is told which rows before anything comes, and only the newest of what was chosen in a moment", () => {
    const wall = opened();
    expect([last().url, last().sent]).toEqual(["ws://localhost/api/wall/socket?rows=true", [{ type: "show_wall", ...shown }]]);
    wall.show({ ...shown, words_of: ["a"] });
    wall.show({ ...shown, words_of: ["b"] });
    vi.advanceTimersByTime(200);
    wall.show({ ...shown, words_of: ["b"] });
    vi.advanceTimersByTime(200);
    expect(last().sent.slice(1)).toEqual([{ type: "show_wall", ...shown, words_of: ["b"] }]);
    wall.close();
  });

  test("says on a new connection what it shows by then, and holds each call once", () => {
    const wall = opened(row("a"), row("b"));
    wall.show({ ...shown, words_of: ["a"] });
    vi.advanceTimersByTime(200);
    last().drop();
    vi.advanceTimersByTime(1_000);
    last().open();
    expect(last().sent).toEqual([{ type: "show_wall", ...shown, words_of: ["a"] }]);
    expect(ids(wall)).toEqual(["a", "b"]); // until the server is heard again
    last().deliver(snapshot([row("b"), row("c")]));
    expect(ids(wall)).toEqual(["b", "c"]);
    wall.close();
  });

  test("shows a large snapshot when its last piece has come", () => {
    const wall = new LiveWall(null, shown);
    last().open();
    last().deliver(snapshot([row("a")], true));
    last().deliver(changed([row("b")], [], [], true));
    expect([ids(wall), wall.loaded]).toEqual([[], false]);
    last().deliver(changed([row("c")]));
    expect([ids(wall), wall.loaded]).toEqual([["a", "b", "c"], true]);
    wall.close();
  });

  test("takes rows as they are now, words by themselves, and calls that left away", () => {
    const wall = opened(row("a"), row("b"));
    last().deliver(changed([row("a", { recovered: 2 })], ["b"]));
    last().deliver({ type: "wall_words", calls: [{ call_id: "a", seq: 9, at_ms: 5, last_words: "hello", last_speaker: "agent", agent_ms: 3, customer_ms: 0, heard_ms: 5 }] });
    last().deliver({ type: "wall_words", calls: [{ call_id: "gone", seq: 9, at_ms: 5, last_words: "x", last_speaker: "agent", agent_ms: 3, customer_ms: 0, heard_ms: 5 }] });
    expect(ids(wall)).toEqual(["a"]);
    expect(wall.rows[0]).toMatchObject({ recovered: 2, last_words: "hello", heard_ms: 5 });
    wall.close();
  });
});

describe("teams and agents", () => {
  const of = (id: string, team: string) => ({ id, name: `Agent ${id}`, team });
  const calm = row("calm", { agent: of("a", "returns") });
  const grave = row("grave", { agent: of("b", "billing"), alerts: [alert("a1", "critical", 1_000), alert("a2", "info", 2_000)], worst: "critical" });
  const warned = row("warned", { agent: of("b", "returns"), alerts: [alert("a1", "warning", 3_000)], worst: "warning" });
  const over = row("over", { agent: of("c", "returns"), status: "ended", alerts: [alert("a1", "critical", 0)], worst: "critical" });

  test("teams with the gravest come first, with what is open in their live calls and since when", () => {
    const lines = teamLines([calm, warned, grave, over]);
    expect(lines.map(({ team, live, agents, open, worst }) => [team, live, agents, open.critical, open.warning, worst])).toEqual([
      ["billing", 1, 1, 1, 0, "critical"],
      ["returns", 2, 2, 0, 1, "warning"],
    ]);
    expect(lines[0]?.since_ms).toBe(Date.parse(grave.started_at) + 1_000);
  });

  test("agents are listed once, with their live call and their day, those of today without a call as well", () => {
    const day = { id: "z", name: "Zoe", team: "returns", last_call_at: grave.started_at, calls: 4, refusals: 2, dead_ends: 1, alerts: 1, abuse: 1 };
    const lines = agentLines([calm, grave, warned, over], [day, { ...day, id: "a", name: "Agent a" }]);
    expect(lines.map(({ id, calls, call, day: its }) => [id, calls, call?.call_id ?? null, its?.abuse ?? null])).toEqual([
      ["b", 2, "grave", null],
      ["a", 1, "calm", 1],
      ["z", 0, null, 1],
    ]);
  });

  test("a big screen lists what presses, the gravest and then the oldest first, and never an info", () => {
    const informed = row("informed", { alerts: [alert("a1", "info", 0)], worst: "info" });
    const earlier = row("earlier", { alerts: [alert("a1", "warning", 500)], worst: "warning" });
    expect(openMatters([calm, warned, earlier, grave, over, informed]).map(({ row: one }) => one.call_id)).toEqual(["grave", "earlier", "warned"]);
  });

  test("what goes on outside of a filter is all without what is shown", () => {
    const totals = { type: "wall_totals", live: 9, help: 1, critical: 2, warning: 1, teams: [], languages: [], kinds: [] } as const;
    expect(elsewhere({ ...totals, teams: [], languages: [], kinds: [] }, [grave, warned])).toEqual({ help: 1, critical: 1, warning: 0, others: 5 });
    expect(elsewhere({ ...totals, live: 1, help: 0, critical: 1, warning: 0, teams: [], languages: [], kinds: [] }, [grave])).toBeNull();
  });
});

test("alerts that a filter kept away are no news when it goes, but what happens after that is", () => {
  const seen = new SeenAlerts();
  const mine = row("mine", { alerts: [alert("a1", "warning", 0)] });
  const hidden = row("hidden", { alerts: [alert("a1", "critical", 0)] });
  const since = Date.parse(hidden.started_at) + 5_000;
  seen.unseen([mine]);
  expect(seen.unseen([mine, hidden], since)).toEqual([]);
  const later = row("later", { alerts: [alert("a1", "critical", 6_000)] });
  const risen = { ...hidden, alerts: [...hidden.alerts, alert("a2", "critical", 1_000)] };
  expect(seen.unseen([mine, risen, later], since).map((one) => `${one.row.call_id} ${one.view.incident}`)).toEqual(["hidden a2", "later a1"]);
});

describe("saved walls", () => {
  test("a name is kept once, the newest of them, and no more than there is room for", () => {
    const saved = withSaved([{ name: "Ours", query: "team=a" }, { name: "Theirs", query: "team=b" }], { name: "Ours", query: "team=c" });
    expect(saved).toEqual([{ name: "Theirs", query: "team=b" }, { name: "Ours", query: "team=c" }]);
    const many = Array.from({ length: MOST_SAVED }, (_, i) => ({ name: `${i}`, query: "" }));
    expect(withSaved(many, { name: "new", query: "" })).toHaveLength(MOST_SAVED);
  });

  test("what a damaged storage says of them is left out, and the team of before is the wall that was left", () => {
    const choices = choicesIn(JSON.stringify({ team: "returns", show: "alerts", saved: [{ name: "Ours", query: "team=a" }, { name: 3 }, null, { query: "x" }] }));
    expect([choices.last, choices.saved]).toEqual(["team=returns&show=alerts", [{ name: "Ours", query: "team=a" }]]);
  });
});
