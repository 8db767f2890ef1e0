/** Real paths to pages, and back. Pure but for `startRouter`, which listens to the browser. */
import { asAdminTab, auditFilterOf, type AdminTab, type AuditFilter } from "./screens/admin/places";
import { givenIn as queueGivenIn, queueFilterOf, type QueueFilter } from "./screens/followup/places";
import { asPeriod, behindOf, type Behind } from "./screens/kpis/places";
import { asReport, type ReportPlace } from "./screens/reports/places";
import { besides, filterIn, isEvery, saidOf, type CallFilter } from "./screens/review/found/places";
import { addressIn, queryOf, type WallAddress } from "./screens/supervisor/address";
import { isSection, type Section } from "./screens/playbook/draft/sections";
import type { PeriodName } from "./types";

export type Route =
  | { page: "start"; call: string | null; title: string | null }
  | { page: "role" }
  | { page: "microphone"; call: string | null }
  | { page: "agent"; agent: string | null; call: string | null }
  | { page: "supervisor"; call: string | null; wall?: WallAddress } // without `wall`: the whole one
  | { page: "followUp"; filter: QueueFilter; call: string | null }
  | { page: "review"; q: string; behind: Behind | null; filter?: CallFilter } // without `filter`: every call
  | { page: "kpis"; period: PeriodName; team: string | null }
  | { page: "reports"; report: ReportPlace; period: PeriodName; team: string | null }
  | { page: "call"; call: string; at_ms: number | null; tab?: string | null; q?: string } // without `tab`: the one that stands first; `q`: words to find
  | { page: "clip"; clip: string }
  | { page: "playbook"; name: string | null; section: Section; item: string | null; tried?: Tried } // `tried`: to be tried at once
  | { page: "policies"; name: string } // all of a playbook, in plain words
  | { page: "signIn"; next: string } // the address of a page of ours
  | { page: "setup"; token: string }
  | { page: "reset"; token: string }
  | { page: "account" }
  | { page: "admin"; tab: AdminTab; filter: AuditFilter }
  | { page: "unknown"; path: string };

/** A sentence of a call, to be tried beside the rule that found something in it. */
export interface Tried {
  text: string;
  before: string; // the other side's last words
  speaker: "agent" | "customer";
  rule: string;
}

/** The page that an address names. */
export function match(url: URL): Route {
  const [first = "", second, ...more] = url.pathname.split("/").filter(Boolean);
  const query = url.searchParams;
  if (first === "playbook") return playbook(url, second, ...more);
  if (first === "admin") return admin(url, second, ...more);
  if (more.length > 0) return { page: "unknown", path: url.pathname };
  if (first === "review" && second) return oneCall(decode(second), query);
  if (first === "clip" && second) return { page: "clip", clip: decode(second) };
  if (second) return { page: "unknown", path: url.pathname };
  if (first === "") return { page: "start", call: query.get("call"), title: query.get("title") };
  if (first === "role") return { page: "role" };
  if (first === "microphone") return { page: "microphone", call: query.get("call") };
  if (first === "agent") return { page: "agent", agent: query.get("agent"), call: query.get("call") };
  if (first === "supervisor") return { page: "supervisor", call: query.get("call"), wall: addressIn(query) };
  if (first === "follow-up") return { page: "followUp", filter: queueFilterOf(query), call: query.get("call") };
  if (first === "review") return review(query);
  if (first === "kpis") return { page: "kpis", period: asPeriod(query.get("period")), team: query.get("team") };
  if (first === "reports") return { page: "reports", report: asReport(query.get("report")), period: asPeriod(query.get("period")), team: query.get("team") };
  return door(url, first);
}

function oneCall(call: string, query: URLSearchParams): Route {
  const tab = query.get("tab");
  const q = query.get("q");
  return { page: "call", call, at_ms: number(query.get("at")), ...(tab && { tab }), ...(q && { q }) };
}

function review(query: URLSearchParams): Route {
  const behind = behindOf(query);
  const filter = besides(filterIn(query), behind);
  return { page: "review", q: query.get("q") ?? "", behind, ...(isEvery(filter) ? {} : { filter }) };
}

function door(url: URL, first: string): Route {
  const token = url.searchParams.get("token") ?? "";
  if (first === "sign-in") return { page: "signIn", next: ownAddress(url.searchParams.get("next") ?? "/", url) };
  if (first === "setup") return { page: "setup", token };
  if (first === "reset") return { page: "reset", token };
  if (first === "account") return { page: "account" };
  return { page: "unknown", path: url.pathname };
}

function admin(url: URL, place?: string, ...more: string[]): Route {
  const tab = asAdminTab(place);
  if (more.length > 0 || tab === null) return { page: "unknown", path: url.pathname };
  return { page: "admin", tab, filter: auditFilterOf(tab === "audit" ? url.searchParams : new URLSearchParams()) };
}

function playbook(url: URL, name?: string, section = "policies", item?: string, ...more: string[]): Route {
  if (name && section === "policies-page" && item === undefined) return { page: "policies", name: decode(name) };
  if (more.length > 0 || !isSection(section)) return { page: "unknown", path: url.pathname };
  const tried = triedIn(url.searchParams);
  return { page: "playbook", name: name ? decode(name) : null, section, item: item ? decode(item) : null, ...(tried ? { tried } : {}) };
}

function triedIn(query: URLSearchParams): Tried | null {
  const text = query.get("try");
  if (!text) return null;
  return { text, before: query.get("before") ?? "", speaker: query.get("by") === "customer" ? "customer" : "agent", rule: query.get("rule") ?? "" };
}

const triedGiven = ({ text, before, speaker, rule }: Tried) => ({ try: text, before: before || null, by: speaker, rule: rule || null });

/** The address of one of our pages, written anew; the start for anything else, so that no link leads to another site. */
export function ownAddress(address: string, base: URL): string {
  const url = URL.canParse(address, base.origin) ? new URL(address, base.origin) : base;
  if (url.origin !== base.origin || url.pathname.startsWith("/sign-in")) return "/";
  const route = match(url);
  return route.page === "unknown" ? "/" : path(route);
}

/** The address of a page. */
export function path(route: Exclude<Route, { page: "unknown" }>): string {
  switch (route.page) {
    case "start":
      return `/${search({ call: route.call, title: route.title })}`;
    case "role":
      return "/role";
    case "microphone":
      return `/microphone${search({ call: route.call })}`;
    case "agent":
      return `/agent${search({ agent: route.agent, call: route.call })}`;
    case "supervisor":
      return `/supervisor${searchOf(route.wall ? queryOf(route.wall) : "", { call: route.call })}`;
    case "followUp":
      return `/follow-up${search({ ...queueGivenIn(route.filter), call: route.call })}`;
    case "review":
      return reviewPath(route);
    case "kpis":
      return `/kpis${search({ period: route.period === "this_week" ? null : route.period, team: route.team })}`;
    case "reports":
      return `/reports${search({ report: route.report === "refusals" ? null : route.report, period: route.period === "this_week" ? null : route.period, team: route.team })}`;
    case "call":
      return `/review/${encodeURIComponent(route.call)}${search({ at: route.at_ms?.toString() ?? null, tab: route.tab || null, q: route.q || null })}`;
    case "clip":
      return `/clip/${encodeURIComponent(route.clip)}`;
    case "signIn":
      return `/sign-in${search({ next: route.next === "/" ? null : route.next })}`;
    case "setup":
    case "reset":
      return `/${route.page}${search({ token: route.token || null })}`;
    case "account":
      return "/account";
    case "admin":
      return `/admin${route.tab === "people" ? "" : `/${route.tab}`}${search(givenIn(route.filter))}`;
    case "policies":
      return `/playbook/${encodeURIComponent(route.name)}/policies-page`;
    case "playbook":
      return ["/playbook", ...playbookParts(route)].join("/") + (route.tried ? search(triedGiven(route.tried)) : "");
  }
}

function reviewPath({ q, behind, filter }: Extract<Route, { page: "review" }>): string {
  const said = filter ? String(new URLSearchParams(saidOf(filter))) : "";
  return `/review${searchOf(said, { q: q || null, ...behind })}`;
}

function playbookParts({ name, section, item }: Extract<Route, { page: "playbook" }>): string[] {
  if (name === null) return [];
  const parts = item === null ? (section === "policies" ? [name] : [name, section]) : [name, section, item];
  return parts.map(encodeURIComponent);
}

const givenIn = (filter: AuditFilter) => Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ""));

const search = (values: { [name: string]: string | null }): string => searchOf("", values);

/** `query`: what goes before the values. */
function searchOf(query: string, values: { [name: string]: string | null }): string {
  const all = new URLSearchParams(query);
  for (const [name, value] of Object.entries(values)) if (value !== null) all.append(name, value);
  return all.size > 0 ? `?${all}` : "";
}

function number(text: string | null): number | null {
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray "%" in an address typed by hand
  }
}

const MICROPHONE_PAGES = ["/", "/microphone"]; // as server/headers.py has it: no other page may hear the microphone

/** Whether a page must be loaded anew, since the one that was loaded may not hear the microphone. */
export const needsMicrophone = (to: string, loaded: string): boolean => MICROPHONE_PAGES.includes(to) && !MICROPHONE_PAGES.includes(loaded);

/** Whether a click on a link is ours to handle, and not the browser's (new tab, download, other site). */
export function isPlainClick(event: MouseEvent, link: HTMLAnchorElement): boolean {
  const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0;
  const elsewhere = link.target !== "" || link.hasAttribute("download") || link.origin !== location.origin;
  return !modified && !elsewhere && !event.defaultPrevented && !link.pathname.startsWith("/api/");
}

const listeners = new Set<() => void>();

/** Goes to an address of ours; `replace` keeps the history as it is. */
export function go(address: string, how: "push" | "replace" = "push"): void {
  history[`${how}State`](null, "", address);
  for (const listener of listeners) listener();
  if (how === "push") scrollTo({ top: 0 });
}

/** Calls `onChange` at every change of the address, also from clicks on plain links. */
export function startRouter(onChange: () => void): () => void {
  const loaded = location.pathname;
  const click = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || !isPlainClick(event, link) || needsMicrophone(link.pathname, loaded)) return;
    event.preventDefault();
    go(link.pathname + link.search);
  };
  listeners.add(onChange);
  addEventListener("popstate", onChange);
  document.addEventListener("click", click);
  return () => {
    listeners.delete(onChange);
    removeEventListener("popstate", onChange);
    document.removeEventListener("click", click);
  };
}
