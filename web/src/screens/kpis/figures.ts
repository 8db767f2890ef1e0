/** Key figures as people read them, in what order, and which calls each one opens. Pure. Next: the components here. */
import { hours, minutes, number, percent, seconds, whole } from "../../format";
import { path } from "../../router";
import { texts } from "../../texts";
import type { Behind } from "./places";
import type { Kpi, KpiGroup, KpiValue, KpiValues } from "../../types";

/** What a supervisor looks at while calls go on. */
export const AT_A_GLANCE = ["calls", "recovered", "dead_ends", "acknowledge_median", "abuse", "cards_used"] as const;
/** What teams and agents are compared by: the rest is on the page above, and in the file. */
export const COMPARED = ["calls", "talk", "refusals", "recovered", "dead_ends", "acknowledge_median", "abuse", "cards_used", "cards_dismissed", "false_alarms", "vague_promises"] as const;
/** Where a trend says more than two numbers. */
export const TRENDS = ["recovered", "dead_ends", "abuse", "acknowledge_median", "calls", "cards_used", "false_alarms", "missed"] as const;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const NOTHING = "–";

/** The value alone: `60%`, `3.2 hr`, `48 sec`. */
export function shown(kpi: Kpi, { value }: KpiValue): string {
  if (value === null) return NOTHING;
  if (kpi.unit === "share") return percent(value);
  if (kpi.unit === "per_hour") return number(Math.round(value * 10) / 10);
  if (kpi.unit === "count") return whole(value);
  return lasted(value);
}

/** A time as people read it: seconds up to two minutes, hours from one on. */
export function lasted(ms: number): string {
  if (ms >= HOUR_MS) return hours(ms / HOUR_MS);
  return ms >= 2 * MINUTE_MS ? minutes(ms / MINUTE_MS) : seconds(ms / 1000);
}

/** Whose calls are meant: of all, of a team (empty: of none), of an agent. */
export interface Whose {
  team: string | null;
  agent: string | null;
}

export const EVERYBODY: Whose = { team: null, agent: null };

/** The address of the list of the calls that a figure counts, or of those that it is a part of. */
export function opens(kpi: Kpi, part: Behind["part"], span: KpiValues, whose: Whose): string {
  return path({ page: "review", q: "", behind: { kpi: kpi.id, part, since: span.since, until: span.until, ...whose } });
}

/** Of what a value is a part, where that is something to count. */
export const wholeOf = (kpi: Kpi, value: KpiValue): number | null => (kpi.unit === "per_hour" ? null : value.whole);

/** One more than the other way round where `descending`; what has no value comes last either way. */
export function sorted(groups: readonly KpiGroup[], by: string, descending: boolean): KpiGroup[] {
  const name = (group: KpiGroup) => group.agent_name || group.team;
  const byName = [...groups].sort((a, b) => name(a).localeCompare(name(b)));
  if (by === "") return descending ? byName.reverse() : byName;
  const value = (group: KpiGroup) => group.values[by]?.value ?? null;
  const known = byName.filter((group) => value(group) !== null);
  known.sort((a, b) => ((value(a) ?? 0) - (value(b) ?? 0)) * (descending ? -1 : 1));
  return [...known, ...byName.filter((group) => value(group) === null)];
}

/** This browser's time zone, by its IANA name: its days and weeks are meant. */
export const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The days of a stretch of time; of one day, that day. Its end is a midnight, which is not in it. */
export function daysOf({ since, until }: { since: string; until: string }, say: (iso: string) => string): string {
  const [first, last] = [say(since), say(new Date(Date.parse(until) - 1).toISOString())];
  return first === last ? first : texts.kpis.days(first, last);
}
