import fc from "fast-check";
import { expect, test } from "vitest";
import { SECTIONS } from "../src/screens/playbook/draft/sections";
import { match, needsMicrophone, path, type Route } from "../src/router";

const at = (address: string) => match(new URL(address, "http://localhost"));

test.each<[string, Route]>([
  ["/", { page: "start", call: null, title: null }],
  ["/?call=c1&title=A+return", { page: "start", call: "c1", title: "A return" }],
  ["/role", { page: "role" }],
  ["/microphone", { page: "microphone", call: null }],
  ["/microphone?call=mic-1", { page: "microphone", call: "mic-1" }],
  ["/agent", { page: "agent", agent: null, call: null }],
  ["/agent?agent=anna", { page: "agent", agent: "anna", call: null }],
  ["/supervisor?call=c1", { page: "supervisor", call: "c1" }],
  ["/review?q=refund", { page: "review", q: "refund" }],
  ["/review/c1?at=1500", { page: "call", call: "c1", at_ms: 1500 }],
  ["/review/c1?at=soon", { page: "call", call: "c1", at_ms: null }],
  ["/review/a%2Fb", { page: "call", call: "a/b", at_ms: null }],
  ["/review/50%", { page: "call", call: "50%", at_ms: null }],
  ["/playbook", { page: "playbook", name: null, section: "policies", item: null }],
  ["/playbook/retail", { page: "playbook", name: "retail", section: "policies", item: null }],
  ["/playbook/retail/cues/insult", { page: "playbook", name: "retail", section: "cues", item: "insult" }],
  ["/playbook/retail/nowhere", { page: "unknown", path: "/playbook/retail/nowhere" }],
  ["/playbook/retail/cues/insult/x", { page: "unknown", path: "/playbook/retail/cues/insult/x" }],
  ["/agent/x", { page: "unknown", path: "/agent/x" }],
  ["/nowhere", { page: "unknown", path: "/nowhere" }],
])("%s is its page", (address, route) => {
  expect(at(address)).toEqual(route);
});

const text = fc.string({ minLength: 1 }).filter((value) => ![".", ".."].includes(value));
const name = fc.option(text);
const routes = fc.oneof(
  fc.record({ page: fc.constant("start" as const), call: name, title: name }),
  fc.record({ page: fc.constant("agent" as const), agent: name, call: name }),
  fc.record({ page: fc.constant("supervisor" as const), call: name }),
  fc.record({ page: fc.constant("review" as const), q: fc.string() }),
  fc.record({ page: fc.constant("call" as const), call: text, at_ms: fc.option(fc.nat()) }),
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
