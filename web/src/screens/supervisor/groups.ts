/** The wall's calls by team and by agent, with what is open in each. Pure. */
import { isHelp, isUnresolved, weight } from "../../live/store";
import type { AgentDay, Level, WallRow } from "../../types";
import { alertTime, isLive, leadingAlert } from "./wallview";

/** Unresolved alerts of live calls. */
export interface OpenCounts {
  help: number;
  critical: number;
  warning: number;
  info: number;
}

export interface TeamLine {
  team: string; // empty: of agents without one
  live: number;
  agents: number; // on a call
  open: OpenCounts;
  worst: Level | null;
  since_ms: number | null; // when the oldest of the worst came, milliseconds since 1970
}

export interface AgentLine {
  id: string;
  name: string;
  team: string;
  call: WallRow | null; // the newest live one
  calls: number; // live ones
  open: OpenCounts;
  worst: Level | null;
  day: AgentDay | null; // null: the server has told none, or no call of today is stored
}

const NONE: OpenCounts = { help: 0, critical: 0, warning: 0, info: 0 };

function countOpen(rows: readonly WallRow[]): OpenCounts {
  const counts = { ...NONE };
  for (const view of rows.flatMap((row) => row.alerts.filter(isUnresolved))) counts[isHelp(view) ? "help" : view.alert.level] += 1;
  return counts;
}

const worstOf = (rows: readonly WallRow[]) => rows.reduce<Level | null>((worst, { worst: level }) => (weight(level) > weight(worst) ? level : worst), null);

/** A line for each team that has live calls: those with the gravest open alerts first, then by name. */
export function teamLines(rows: readonly WallRow[]): TeamLine[] {
  const byTeam = grouped(rows.filter(isLive), (row) => row.agent.team);
  return [...byTeam].map(([team, calls]) => teamLine(team, calls)).sort((a, b) => pressing(b) - pressing(a) || (a.since_ms ?? 0) - (b.since_ms ?? 0) || a.team.localeCompare(b.team));
}

function teamLine(team: string, calls: readonly WallRow[]): TeamLine {
  const worst = worstOf(calls);
  const times = calls.filter((row) => worst !== null && row.worst === worst).flatMap((row) => row.alerts.filter((view) => isUnresolved(view) && view.alert.level === worst).map((view) => alertTime(row, view)));
  return { team, live: calls.length, agents: new Set(calls.map((row) => row.agent.id)).size, open: countOpen(calls), worst, since_ms: times.length > 0 ? Math.min(...times) : null };
}

const pressing = ({ open, worst }: { open: OpenCounts; worst: Level | null }) => (open.help > 0 ? weight("critical") + 1 : weight(worst));

/** A line for each agent who is on a call or had one today: open alerts first, then who talks, then by name. */
export function agentLines(rows: readonly WallRow[], days: readonly AgentDay[]): AgentLine[] {
  const live = grouped(rows.filter(isLive), (row) => row.agent.id);
  const byId = new Map(days.map((day) => [day.id, day]));
  const lines = [...new Set([...live.keys(), ...byId.keys()])].map((id) => agentLine(id, live.get(id) ?? [], byId.get(id) ?? null));
  return lines.sort((a, b) => pressing(b) - pressing(a) || Number(b.call !== null) - Number(a.call !== null) || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
}

function agentLine(id: string, calls: readonly WallRow[], day: AgentDay | null): AgentLine {
  const [call = null] = [...calls].sort((a, b) => Date.parse(b.started_at) - Date.parse(a.started_at));
  const { name, team } = call?.agent ?? day ?? { name: id, team: "" };
  return { id, name, team, call, calls: calls.length, open: countOpen(calls), worst: worstOf(calls), day };
}

function grouped(rows: readonly WallRow[], keyOf: (row: WallRow) => string): Map<string, WallRow[]> {
  const groups = new Map<string, WallRow[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

/** What a big screen lists: unresolved alerts of live calls as their row shows them, the oldest first within its weight. */
export interface OpenMatter {
  row: WallRow;
  view: WallRow["alerts"][number];
  since_ms: number;
}

export function openMatters(rows: readonly WallRow[]): OpenMatter[] {
  const found = rows.filter(isLive).flatMap((row) => {
    const view = leadingAlert(row);
    return view && (isHelp(view) || view.alert.level !== "info") ? [{ row, view, since_ms: alertTime(row, view) }] : [];
  });
  const heavy = ({ view }: OpenMatter) => (isHelp(view) ? weight("critical") + 1 : weight(view.alert.level));
  return found.sort((a, b) => heavy(b) - heavy(a) || a.since_ms - b.since_ms);
}
