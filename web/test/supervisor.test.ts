import fc from "fast-check";
import { render } from "svelte/server";
import { beforeEach, describe, expect, test } from "vitest";
import { isQuiet, noticeOf, openAlerts, SeenAlerts } from "../src/live/notices";
import { choicesIn } from "../src/live/wallchoices.svelte";
import { iconWith } from "../src/ui/favicon";
import { finished } from "../src/screens/supervisor/followup";
import { cellText, COLUMNS, layoutOf } from "../src/screens/supervisor/layout";
import Row from "../src/screens/supervisor/Row.svelte";
import { Places, waiting } from "../src/screens/supervisor/places";
import { EVERY_ROW } from "../src/screens/supervisor/wallfilter";
import { arrange, choicesOf, countsOf, leadingAlert, type SortKey } from "../src/screens/supervisor/wallview";
import type { AlertView, WallRow } from "../src/types";
import { alert, row } from "./build";

const VIEW = { sort: "urgency", filter: EVERY_ROW, text: "" } as const;
const RETURNS = { ...EVERY_ROW, teams: ["returns"] };
const ids = (rows: readonly WallRow[]) => rows.map((one) => one.call_id);

function help(state: AlertView["state"] = "open", at_ms = 60_000): AlertView {
  const view = alert("h1", "critical", at_ms, state);
  return { ...view, alert: { ...view.alert, kind: "help", reason: "The agent asks for help." } };
}
const over = (call_id: string, change: Partial<WallRow> = {}) =>
  row(call_id, { status: "ended", alerts: [alert("a1", "critical", 1_000)], worst: "critical", ...change });

describe("the live calls", () => {
  const calm = row("calm");
  const warned = row("warned", { alerts: [alert("a1", "warning", 1_000)], worst: "warning" });
  const grave = row("grave", { alerts: [alert("a1", "critical", 1_000)], worst: "critical" });
  const asking = row("asking", { alerts: [alert("a1", "critical", 1), help()], worst: "critical" });
  const taken = row("taken", { alerts: [help("acknowledged", 30_000)], worst: "critical" });

  test("come in the order help, critical, warning, others; an open call for help before one that somebody has taken on", () => {
    expect(ids(arrange([calm, warned, grave, taken, asking], VIEW))).toEqual(["asking", "taken", "grave", "warned", "calm"]);
  });

  test("are counted by what they want", () => {
    expect(countsOf([calm, warned, grave, taken, asking, calm])).toEqual({ help: 2, critical: 1, warning: 1, others: 2 });
  });

  test("a call for help leads its row, even when another critical alert is older", () => {
    expect(leadingAlert(asking)?.alert.kind).toBe("help");
  });

  test.each([1, 6, 50, 500])("of %i the one that needs help is first, whatever 300 calls that are over have left", (count) => {
    const live = Array.from({ length: count }, (_, i) => row(`live-${i}`, i % 7 === 3 ? { alerts: [alert("a1", "critical", i)], worst: "critical" } : {}));
    const old = Array.from({ length: 300 }, (_, i) => over(`over-${i}`));
    const needs = { ...live[count - 1], alerts: [help()], worst: "critical" } as WallRow;
    const rows = [...old, ...live.slice(0, -1), needs];
    const sorts: SortKey[] = ["urgency", "longest", "newest", "agent", "dead_ends"];
    for (const sort of sorts) expect(arrange(rows, { ...VIEW, sort })[0]).toBe(needs);
    expect(arrange(rows, VIEW)).toHaveLength(count);
  });

  test("are filtered by team, words and alerts together", () => {
    const returns = { ...grave, agent: { id: "b", name: "Ben", team: "returns" } };
    expect(choicesOf([calm, returns, { ...returns, call_id: "x" }], null).teams).toEqual(["returns"]);
    expect(ids(arrange([calm, grave, returns], { ...VIEW, filter: RETURNS }))).toEqual(["grave"]);
    expect(arrange([calm, warned, returns], { ...VIEW, filter: { ...RETURNS, alerts: true }, text: "anna" })).toEqual([]);
    expect(ids(arrange([calm, warned], VIEW))).toEqual(["warned", "calm"]);
  });
});

describe("while the wall is read", () => {
  let places: Places;
  beforeEach(() => (places = new Places()));
  const draw = (rows: readonly WallRow[], isRead: boolean, ...pinned: string[]) => {
    const all = new Map(rows.map((one) => [one.call_id, one]));
    return places.next(arrange(rows, VIEW), all, VIEW, { isRead, pinned });
  };
  const at = (call_id: string, hour: number, change: Partial<WallRow> = {}) => row(call_id, { started_at: `2026-11-21T${String(hour).padStart(2, "0")}:00:00+00:00`, ...change });
  const calm = [at("a", 8), at("b", 9), at("c", 10)];

  test("no row moves, whatever comes; who waits for the top is named", () => {
    draw(calm, true);
    const now = [at("a", 8), at("b", 9), at("c", 10, { alerts: [help()], worst: "critical" }), at("d", 7)];
    const shown = draw(now, true);
    expect(ids(shown)).toEqual(["a", "b", "c", "d"]);
    expect(waiting(shown, arrange(now, VIEW))?.call_id).toBe("c");
    expect(ids(draw(now, false))).toEqual(["c", "d", "a", "b"]);
    expect(waiting(draw(now, false), arrange(now, VIEW))).toBeNull();
  });

  test("a call that ends stays where it was, as ended, until nobody reads", () => {
    draw(calm, true);
    const shown = draw([at("a", 8), at("c", 10)], true);
    expect(shown.map((one) => [one.call_id, one.status])).toEqual([["a", "live"], ["b", "ended"], ["c", "live"]]);
    expect(ids(draw([at("a", 8), at("c", 10)], false))).toEqual(["a", "c"]);
  });

  test("the opened row keeps its place afterwards too, but whoever asks for help comes above it", () => {
    draw(calm, false, "a");
    const grave = [at("a", 8), at("b", 9, { alerts: [alert("a1", "critical", 1)], worst: "critical" }), at("c", 10)];
    expect(ids(draw(grave, false, "a"))).toEqual(["a", "b", "c"]);
    const asked = [at("a", 8), at("b", 9), at("c", 10, { alerts: [help()], worst: "critical" })];
    expect(ids(draw(asked, false, "a"))).toEqual(["c", "a", "b"]);
  });

  test("another order or filter is shown at once", () => {
    draw(calm, true);
    const all = new Map(calm.map((one) => [one.call_id, one]));
    const newest = { ...VIEW, sort: "newest" } as const;
    expect(ids(places.next(arrange(calm, newest), all, newest, { isRead: true, pinned: [] }))).toEqual(["c", "b", "a"]);
  });

  test("a row that a filter takes away is not pinned", () => {
    draw(calm, false, "a");
    const all = new Map(calm.map((one) => [one.call_id, one]));
    expect(ids(places.next(calm.slice(1), all, VIEW, { isRead: false, pinned: ["a"] }))).toEqual(["b", "c"]);
  });

  test("every live call is drawn exactly once, whatever is read and pinned, and help is first when nobody reads", () => {
    const calls = fc.array(fc.record({ id: fc.integer({ min: 0, max: 9 }), kind: fc.constantFrom("calm", "grave", "help") }), { maxLength: 10 });
    const steps = fc.array(fc.record({ calls, isRead: fc.boolean(), pinned: fc.array(fc.integer({ min: 0, max: 9 }).map(String), { maxLength: 2 }) }), { maxLength: 8 });
    fc.assert(
      fc.property(steps, (all) => {
        places = new Places();
        for (const { calls, isRead, pinned } of all) {
          const made = calls.map(({ id, kind }) => row(String(id), kind === "calm" ? {} : { alerts: [kind === "help" ? help() : alert("a1", "critical", 1)], worst: "critical" }));
          const rows = [...new Map(made.map((one) => [one.call_id, one])).values()];
          const shown = draw(rows, isRead, ...pinned);
          expect(new Set(ids(shown)).size).toBe(shown.length);
          expect(ids(shown)).toEqual(expect.arrayContaining(ids(rows)));
          const first = arrange(rows, VIEW)[0];
          if (!isRead && first && leadingAlert(first)?.alert.kind === "help") expect(leadingAlert(shown[0] as WallRow)?.alert.kind).toBe("help");
        }
      }),
    );
  });
});

describe("a call that has just ended", () => {
  const NOW = Date.parse("2026-11-22T09:00:00Z");
  const ended = over("ended", { started_at: "2026-11-22T08:58:00Z", at_ms: 60_000 }); // a minute ago

  test("stays on the wall for two minutes while something is left of it, and then is to be followed up", () => {
    const calm = row("calm");
    expect(ids(arrange([calm, ended], VIEW, NOW))).toEqual(["ended", "calm"]);
    expect(ids(arrange([calm, ended], VIEW, NOW + 60_000))).toEqual(["calm"]);
    expect(ids(arrange([calm, { ...ended, worst: null }], VIEW, NOW))).toEqual(["calm"]);
    expect(ids(arrange([calm, ended], { ...VIEW, show: "live" }, NOW))).toEqual(["calm"]);
  });

  test("stands below a live agent who asks for help, whatever was left of it", () => {
    const help = { ...alert("a1", "critical", 0), alert: { ...alert("a1", "critical", 0).alert, kind: "help" } };
    const [asked, asks] = [{ ...ended, alerts: [help] }, row("live", { alerts: [help], worst: "critical" })];
    expect(ids(arrange([asked, asks], VIEW, NOW))).toEqual(["live", "ended"]);
  });
});

describe("what is to be followed up", () => {
  const ben = { id: "b", name: "Ben Cole", team: "returns" };
  const rows = [
    over("old", { started_at: "2026-11-19T09:00:00+00:00" }),
    over("new", { started_at: "2026-11-21T09:00:00+00:00", agent: ben, alerts: [alert("a1", "warning", 0), alert("a2", "info", 1, "resolved")], worst: "warning" }),
  ];
  const NOW = Date.parse("2026-11-22T09:00:00Z");

  test("are the calls that are over and have an unresolved alert", () => {
    expect(finished([row("live", { alerts: [alert("a1", "critical", 0)], worst: "critical" }), row("done", { status: "ended" }), ...rows], NOW, 14)).toEqual(rows);
  });

  test("age out after the days of the setting, unless somebody touched them since", () => {
    expect(ids(finished(rows, NOW, 2))).toEqual(["new"]);
    expect(ids(finished(rows, NOW, 0))).toEqual(["old", "new"]);
    const touched = over("old", { started_at: "2026-11-19T09:00:00+00:00", alerts: [{ ...alert("a1", "critical", 0), changed_at: "2026-11-22T08:00:00Z" }] });
    expect(ids(finished([touched], NOW, 2))).toEqual(["old"]);
  });
});

describe("rows", () => {
  test("are 40 pixels high when compact, in one line where there is room for every column", () => {
    expect(layoutOf(87, "compact", [])).toMatchObject({ wide: true, height_rem: 40 / 15 });
    expect(layoutOf(92, "compact", COLUMNS.slice(0, 5))).toMatchObject({ wide: true, height_rem: 40 / 15 });
    expect(layoutOf(60, "compact", COLUMNS).wide).toBe(false);
    expect(layoutOf(22, "comfortable", []).height_rem).toBeGreaterThan(8);
  });

  test("say in a person's own columns who talks, what was refused, whether cards are muted, and the language", () => {
    const music = { at_ms: 50_000, speaker: "customer", sound: "music", since_ms: 50_000 } as const;
    const talked = row("r", { at_ms: 60_000, heard_ms: 60_000, sounds: [music], engine: "vosk:small-en",  agent_ms: 3_000, customer_ms: 1_000, recovered: 2, dead_ends: 1, muted: true, behind_ms: 5_000 });
    const at = Date.parse("2026-11-21T09:31:10+00:00"); // 70 s after the calls began
    expect(COLUMNS.map((column) => cellText(talked, column, at))).toEqual(["75%", "0:10", "0:20", "3, 1 dead end", "muted", "5 s late", "English", "small-en", "Gold", "1:10"]);
    expect(COLUMNS.map((column) => cellText(row("r"), column, at))).toEqual(["–", "–", "–", "0", "–", "–", "English", "–", "Gold", "1:10"]);
  });
});

describe("a row", () => {
  const props = { wide: true, density: "comfortable" as const, columns: [], id: "r", index: 1, height: 68, isSelected: false, isOpened: false, onOpen: () => {}, onHover: () => {} };
  const words = (one: WallRow) => render(Row, { props: { ...props, row: one } }).body.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

  test("says who owns its alert and since when, and what was not said in time", () => {
    const view = { ...help("acknowledged"), owner: "Ida", changed_at: new Date(Date.now() - 185_000).toISOString() };
    const said = words(row("r", { alerts: [view], worst: "critical", missed: ["Recording notice"] }));
    expect(said).toMatch(/Help .*Owner: *Ida, 3 ?m(in)? ago/);
    expect(said).toContain("Not said in time: Recording notice");
  });

  test("offers to acknowledge what nobody owns, and to resolve what is not resolved", () => {
    expect(words(row("r", { alerts: [help()], worst: "critical" }))).toMatch(/Acknowledge .*Resolve/);
    expect(words(row("r", { alerts: [help("acknowledged")], worst: "critical" }))).not.toContain("Acknowledge");
    expect(words(row("r"))).not.toContain("Resolve");
  });
});

describe("notices", () => {
  const rows = (...alerts: AlertView[]) => [row("c", { alerts, worst: "critical" })];
  const ALWAYS = { sound: ["critical", "warning"], desktop: ["critical"], quiet: null } as const;

  test("come of alerts that were not there before, never of those that a page finds when it opens", () => {
    const seen = new SeenAlerts();
    expect(seen.unseen(rows(alert("a1", "critical", 1)))).toEqual([]);
    const [fresh] = seen.unseen(rows(alert("a1", "critical", 1), alert("a2", "warning", 2)));
    expect(fresh?.view.alert.alert_id).toBe("a2");
    expect(seen.unseen(rows(alert("a1", "critical", 1), alert("a2", "warning", 2)))).toEqual([]);
    expect(seen.unseen(rows(alert("a1", "critical", 1), alert("a3", "info", 3, "retracted")))).toEqual([]);
  });

  test("come again when an incident rises after somebody took it on, and not when it only repeats", () => {
    const seen = new SeenAlerts();
    const taken = { ...alert("a1", "warning", 1, "acknowledged"), owner: "Ida" };
    const rose = { ...taken.alert, alert_id: "a2", level: "critical" as const, incident: "a1" };
    const repeat = { ...taken.alert, alert_id: "", incident: "a1" };
    seen.unseen(rows(taken));
    expect(seen.unseen(rows({ ...taken, happened: [taken.alert, repeat], count: 2 }))).toEqual([]);
    const risen = { ...taken, alert: rose, happened: [taken.alert, repeat, rose], count: 3, risen: true };
    expect(seen.unseen(rows(risen)).map(({ view }) => [view.owner, view.alert.level])).toEqual([["Ida", "critical"]]);
    expect(seen.unseen(rows(risen))).toEqual([]);
  });

  test("sound once, as the heaviest of the levels chosen", () => {
    const unseen = [alert("a1", "warning", 1), alert("a2", "critical", 1), alert("a3", "info", 1)].map((view) => ({ row: row("c"), view }));
    const notice = noticeOf(unseen, ALWAYS, 600);
    expect([notice.sound, notice.desktop.map(({ view }) => view.alert.alert_id)]).toEqual(["critical", ["a2"]]);
    expect(noticeOf(unseen, { sound: [], desktop: [], quiet: null }, 600)).toEqual({ sound: null, desktop: [] });
    expect(noticeOf(unseen, { ...ALWAYS, quiet: { from: "09:00", to: "11:00" } }, 600)).toEqual({ sound: null, desktop: [] });
  });

  test("quiet hours go over midnight", () => {
    const night = { from: "18:00", to: "08:00" };
    expect([17 * 60 + 59, 18 * 60, 0, 8 * 60 - 1, 8 * 60].map((minute) => isQuiet(night, minute))).toEqual([false, true, true, true, false]);
    expect([11 * 60, 13 * 60].map((minute) => isQuiet({ from: "12:00", to: "13:00" }, minute))).toEqual([false, false]);
  });

  test("the tab counts open alerts of live calls only", () => {
    expect(openAlerts([...rows(alert("a1", "info", 1), alert("a2", "info", 1, "acknowledged")), over("over")])).toBe(1);
    expect([iconWith(0) === iconWith(3), iconWith(12).includes("9%2B")]).toEqual([false, true]);
  });
});

describe("a person's choices", () => {
  test("come back from storage as they were", () => {
    const text = JSON.stringify({ ...choicesIn(""), sort: "agent", last: "team=returns", saved: [{ name: "Ours", query: "team=returns" }], density: "compact", columns: ["talk", "muted"], notices: { sound: ["info"], desktop: [], quiet: { from: "20:00", to: "07:30" } } });
    expect(JSON.stringify(choicesIn(text))).toBe(text);
  });

  test.each(["", "{", "null", "7", '{"sort":"constructor","columns":"talk","notices":{"quiet":{"from":"25:00","to":"x"},"sound":[1]}}'])("that are damaged (%s) are the usual ones", (text) => {
    expect(choicesIn(text)).toEqual({ sort: "urgency", last: "", saved: [], density: "comfortable", columns: [], notices: { sound: [], desktop: [], quiet: null } });
  });
});
