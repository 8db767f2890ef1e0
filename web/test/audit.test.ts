import { afterEach, describe, expect, test, vi } from "vitest";
import { auditFile, checkAudit, getAudit, type AuditEntry } from "../src/audit";
import { daysOf, piecesOf } from "../src/screens/admin/audit/entries";
import { boundsOf, NO_FILTER } from "../src/screens/admin/places";
import { en } from "../src/texts/en";
import { es } from "../src/texts/es";

afterEach(() => vi.unstubAllGlobals());

const entry = (number: number, what: string, detail: AuditEntry["detail"] = {}, at = "2026-11-21T10:00:00.000+00:00"): AuditEntry => ({ number, at, who: "ana", what, call_id: "c-1", detail });

const said = (one: AuditEntry, { said: sentences } = en.admin) =>
  piecesOf(one, sentences)
    .map((piece) => ("place" in piece ? (piece.place === "who" ? one.who : one.call_id) : piece.text))
    .join("");

describe("an audit entry is a sentence", () => {
  test.each([
    [entry(1, "call.opened"), "ana opened call c-1", "ana abrió la llamada c-1"],
    [entry(1, "call.opened", { live: true }), "ana followed call c-1 live", "ana siguió en directo la llamada c-1"],
    [entry(1, "call.opened", { live: false }), "ana opened call c-1", "ana abrió la llamada c-1"],
    [entry(1, "alert.changed", { state: "resolved" }), "ana resolved an alert of call c-1", "ana resolvió una alerta de la llamada c-1"],
    [entry(1, "alert.changed", { state: "of a newer server" }), "ana changed an alert of call c-1", "ana cambió una alerta de la llamada c-1"],
    [entry(1, "playbook.published", { playbook: "retail", number: 3 }), "ana published version 3 of playbook retail", "ana publicó la versión 3 de la guía retail"],
    [entry(1, "session.ended", { login: "ana", why: "signed_out" }), "ana signed out", "ana cerró la sesión"],
    [entry(1, "session.ended", { login: "ben", why: "disabled" }), "ana signed ben out everywhere", "ana cerró todas las sesiones de ben"],
    [entry(1, "key.made", { name: "pbx", scopes: ["ingest", "events"] }), "ana made the key pbx: ingest, events", "ana creó la clave pbx: ingest, events"],
    [entry(1, "call.identified", { agent: "7", team: "returns" }), "ana said who speaks in call c-1: agent 7, team returns", "ana indicó quién habla en la llamada c-1: agente 7, equipo returns"],
    [entry(1, "of.a.newer.server"), "ana: of.a.newer.server", "ana: of.a.newer.server"],
    [entry(1, "constructor"), "ana: constructor", "ana: constructor"],
  ])("%#", (one, english, spanish) => {
    expect([said(one), said(one, es.admin)]).toEqual([english, spanish]);
  });
});

test("entries stand by day, and what was done again and again stands once", () => {
  const piece = (number: number) => entry(number, "call.listened", { range: `bytes=${number}-` });
  const before = entry(1, "call.opened", {}, "2026-11-19T10:00:00.000+00:00");
  const days = daysOf([piece(9), piece(8), piece(7), entry(6, "call.opened"), piece(5), before], en.admin.said);
  const numbers = days.map(({ deeds }) => deeds.map(({ first, last, count }) => [first.number, last.number, count]));
  expect(numbers).toEqual([[[9, 7, 3], [6, 6, 1], [5, 5, 1]], [[1, 1, 1]]]);
  expect(daysOf([], en.admin.said)).toEqual([]);
});

test("what differs in what is said does not stand as one", () => {
  const published = (number: number) => entry(number, "playbook.published", { playbook: "retail", number });
  expect(daysOf([published(2), published(1)], en.admin.said)[0]?.deeds).toHaveLength(2);
});

test("a day is the browser's, from its first moment to the next one's", () => {
  const { since, until } = boundsOf("2026-12-31");
  expect([new Date(since).getHours(), new Date(until).getHours(), new Date(until).getDate()]).toEqual([0, 0, 1]);
});

test("the server is asked for what the filters say, and for nothing else", async () => {
  const fetch = vi.fn(() => Promise.resolve(new Response(JSON.stringify({ entries: [], next: null, has_seen: true }))));
  vi.stubGlobal("fetch", fetch);
  await getAudit(NO_FILTER, null, new AbortController().signal);
  await getAudit({ ...NO_FILTER, who: "ana & ben", day: "2026-11-21" }, "7", new AbortController().signal);
  await checkAudit("");
  await checkAudit("abc");
  const { since, until } = boundsOf("2026-11-21");
  const asked = fetch.mock.calls.map(([path]: unknown[]) => decodeURIComponent(String(path)));
  expect(asked).toEqual(["/api/audit?", `/api/audit?who=ana+&+ben&since=${since}&until=${until}&before=7`, "/api/audit/check?", "/api/audit/check?seen=abc"]);
  expect(auditFile("csv", { ...NO_FILTER, what: "call" })).toBe("/api/audit/export.csv?what=call");
});
