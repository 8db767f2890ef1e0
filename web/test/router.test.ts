import { WHOLE_WALL, withShow } from "../src/screens/supervisor/address";
import { EVERY_ROW } from "../src/screens/supervisor/wallfilter";
import fc from "fast-check";
import { expect, test } from "vitest";
import { NO_FILTER } from "../src/screens/admin/places";
import { PERIODS } from "../src/screens/kpis/places";
import { SECTIONS } from "../src/screens/playbook/draft/sections";
import { match, needsMicrophone, path, type Route } from "../src/router";
import { EVERY_CALL } from "../src/screens/review/found/places";

const at = (address: string) => match(new URL(address, "http://localhost"));

test.each<[string, Route]>([
  ["/", { page: "start", call: null, title: null }],
  ["/?call=c1&title=A+return", { page: "start", call: "c1", title: "A return" }],
  ["/role", { page: "role" }],
  ["/microphone", { page: "microphone", call: null }],
  ["/microphone?call=mic-1", { page: "microphone", call: "mic-1" }],
  ["/agent", { page: "agent", agent: null, call: null }],
  ["/agent?agent=anna", { page: "agent", agent: "anna", call: null }],
  ["/supervisor?call=c1", { page: "supervisor", call: "c1", wall: WHOLE_WALL }],
  ["/supervisor?view=teams&team=a%26b&team=c&level=critical&line=lost&show=alerts&q=x&wall=1", { page: "supervisor", call: null, wall: { view: "teams", show: "alerts", text: "x", board: true, filter: { ...EVERY_ROW, teams: ["a&b", "c"], levels: ["critical"], lost_line: true, alerts: true } } }],
  ["/supervisor?view=moons&level=loud&show=none&line=x&team=", { page: "supervisor", call: null, wall: WHOLE_WALL }],
  ["/review?q=refund", { page: "review", q: "refund", behind: null }],
  ["/review?kpi=calls&since=a&until=b&team=", { page: "review", q: "", behind: { kpi: "calls", part: "part", since: "a", until: "b", team: "", agent: null } }],
  ["/review?kpi=calls", { page: "review", q: "", behind: null }],
  ["/reports", { page: "reports", report: "refusals", period: "this_week", team: null }],
  ["/reports?report=promises&period=eight_weeks&team=", { page: "reports", report: "promises", period: "eight_weeks", team: "" }],
  ["/review?agent=a&agent=b&topic=&team=&tier=gold&tier=gold&when=last_week&min_s=60&max_s=x&from=soon", { page: "review", q: "", behind: null, filter: { ...EVERY_CALL, values: { agent: ["a", "b"], team: [""], tier: ["gold"] }, when: "last_week", min_s: 60 } }],
  ["/review?kpi=calls&since=a&until=b&agent=ana&tier=gold", { page: "review", q: "", behind: { kpi: "calls", part: "part", since: "a", until: "b", team: null, agent: "ana" }, filter: { ...EVERY_CALL, values: { tier: ["gold"] } } }],
  ["/kpis", { page: "kpis", period: "this_week", team: null }],
  ["/kpis?period=today&team=", { page: "kpis", period: "today", team: "" }],
  ["/kpis?period=century", { page: "kpis", period: "this_week", team: null }],
  ["/review/c1?at=1500", { page: "call", call: "c1", at_ms: 1500 }],
  ["/review/c1?at=soon", { page: "call", call: "c1", at_ms: null }],
  ["/review/c1?at=1500&tab=moments", { page: "call", call: "c1", at_ms: 1500, tab: "moments" }],
  ["/review/a%2Fb", { page: "call", call: "a/b", at_ms: null }],
  ["/review/50%", { page: "call", call: "50%", at_ms: null }],
  ["/playbook", { page: "playbook", name: null, section: "policies", item: null }],
  ["/playbook/retail", { page: "playbook", name: "retail", section: "policies", item: null }],
  ["/playbook/retail/cues/insult", { page: "playbook", name: "retail", section: "cues", item: "insult" }],
  ["/playbook/retail/policies-page", { page: "policies", name: "retail" }],
  ["/playbook/retail/cues/refusal?try=we+can%27t&before=can+I&by=agent&rule=refusal.own", { page: "playbook", name: "retail", section: "cues", item: "refusal", tried: { text: "we can't", before: "can I", speaker: "agent", rule: "refusal.own" } }],
  ["/playbook/retail/nowhere", { page: "unknown", path: "/playbook/retail/nowhere" }],
  ["/playbook/retail/cues/insult/x", { page: "unknown", path: "/playbook/retail/cues/insult/x" }],
  ["/agent/x", { page: "unknown", path: "/agent/x" }],
  ["/sign-in", { page: "signIn", next: "/" }],
  ["/sign-in?next=/review/c1%3Fat%3D1500", { page: "signIn", next: "/review/c1?at=1500" }],
  ["/setup?token=abc", { page: "setup", token: "abc" }],
  ["/reset", { page: "reset", token: "" }],
  ["/account", { page: "account" }],
  ["/admin", { page: "admin", tab: "people", filter: NO_FILTER }],
  ["/admin?who=ana", { page: "admin", tab: "people", filter: NO_FILTER }],
  ["/admin/data", { page: "admin", tab: "data", filter: NO_FILTER }],
  ["/admin/keys", { page: "admin", tab: "keys", filter: NO_FILTER }],
  ["/admin/audit", { page: "admin", tab: "audit", filter: NO_FILTER }],
  ["/admin/audit?who=ana&what=call&call=c-1&day=2026-11-21", { page: "admin", tab: "audit", filter: { who: "ana", what: "call", call: "c-1", day: "2026-11-21" } }],
  ["/admin/audit?day=2026-02-31", { page: "admin", tab: "audit", filter: NO_FILTER }],
  ["/admin/nothing", { page: "unknown", path: "/admin/nothing" }],
  ["/admin/audit/x", { page: "unknown", path: "/admin/audit/x" }],
  ["/nowhere", { page: "unknown", path: "/nowhere" }],
])("%s is its page", (address, route) => {
  expect(at(address)).toEqual(route);
});

test.each([
  "https://evil.example/review",
  "//evil.example/review",
  "/\\evil.example/review",
  "/\t/evil.example/review",
  "\\\\evil.example",
  "http:evil.example:80/",
  "javascript:alert(1)",
  "data:text/html,x",
  "http://localhost@evil.example/",
  "http://[",
  "/sign-in?next=/sign-in",
  "/api/calls",
  "/nowhere",
])("no sign-in leads from %j anywhere but to the start", (next) => {
  expect(at(`/sign-in?${new URLSearchParams({ next })}`)).toEqual({ page: "signIn", next: "/" });
});

test("whatever an address says, a sign-in leads to a page of ours, by its own path", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.string().map((tail) => `http://evil.example${tail}`), fc.string().map((tail) => `/${tail}`), fc.string().map((tail) => `/.//${tail}`)), (next) => {
      const route = at(`/sign-in?${new URLSearchParams({ next })}`);
      const target = route.page === "signIn" ? new URL(route.next, "http://localhost") : null;
      expect(target?.origin).toBe("http://localhost");
      expect(route.page === "signIn" && route.next).toMatch(/^\/(?!\/)/);
    }), { numRuns: 50 });
});

const text = fc.string({ minLength: 1 }).filter((value) => ![".", ".."].includes(value));
const name = fc.option(text);
const values = fc.uniqueArray(text, { maxLength: 3 });
const filter = fc.record({ teams: values, agents: values, levels: fc.subarray(["critical", "warning", "info"] as const).map((some) => [...some]), kinds: values, languages: values, lost_line: fc.boolean(), alerts: fc.constant(false) });
const wall = fc.record({ view: fc.constantFrom("calls" as const, "teams" as const, "agents" as const), filter, show: fc.constant("all" as const), text: fc.string(), board: fc.boolean() }).chain((address) => fc.constantFrom("all" as const, "live" as const, "alerts" as const).map((show) => withShow(address, show)));
const full = fc.string({ minLength: 1 });
const behind = fc.record({ kpi: full, part: fc.constantFrom("part" as const, "whole" as const), since: full, until: full, team: fc.option(fc.string()), agent: fc.option(fc.string()) });
const routes = fc.oneof(
  fc.record({ page: fc.constant("start" as const), call: name, title: name }),
  fc.record({ page: fc.constant("agent" as const), agent: name, call: name }),
  fc.record({ page: fc.constant("supervisor" as const), call: name, wall }),
  fc.record({ page: fc.constant("review" as const), q: fc.string(), behind: fc.option(behind) }),
  fc.record({ page: fc.constant("kpis" as const), period: fc.constantFrom(...PERIODS), team: fc.option(fc.string()) }),
  fc.record({ page: fc.constant("call" as const), call: text, at_ms: fc.option(fc.nat()) }),
  fc.record({ page: fc.constant("signIn" as const), next: fc.constantFrom("/", "/supervisor?call=c1", "/agent?agent=anna", "/admin") }),
  fc.record({ page: fc.constantFrom("setup" as const, "reset" as const), token: fc.string() }),
  fc.record({ page: fc.constant("playbook" as const), name: text, section: fc.constantFrom(...SECTIONS), item: name }),
);

test("every page's address leads back to it", () => {
  fc.assert(fc.property(routes, (route) => {
      expect(at(path(route))).toEqual({ ...route });
    }));
});

test("a page that hears the microphone is loaded anew, unless the loaded one may hear it", () => {
  expect(needsMicrophone("/microphone", "/agent")).toBe(true);
  expect(needsMicrophone("/", "/review/c1")).toBe(true);
  expect(needsMicrophone("/microphone", "/")).toBe(false);
  expect(needsMicrophone("/agent", "/supervisor")).toBe(false);
});
