/**
 * Which rows a wall shows: asked here of rows that the server's filter has not seen (older ones) or sees in a moment.
 *
 * The same as `voiceassist/core/screen/wallfilter.py`: both are tested with `tests/contract/wall_filters.json`. Pure.
 */
import { isUnresolved } from "../../live/store";
import type { WallFilter, WallRow } from "../../types";

export const EVERY_ROW: WallFilter = { teams: [], agents: [], levels: [], kinds: [], languages: [], lost_line: false, alerts: false };

const isOne = (wanted: readonly string[], value: string) => wanted.length === 0 || wanted.includes(value);

export function matchesFilter(filter: WallFilter, row: WallRow): boolean {
  const asksForAlert = filter.alerts || filter.levels.length + filter.kinds.length > 0;
  return (
    isOne(filter.teams, row.agent.team) &&
    isOne(filter.agents, row.agent.id) &&
    isOne(filter.languages, row.language) &&
    (!filter.lost_line || row.lines.length > 0) &&
    (!asksForAlert || row.alerts.some((view) => isUnresolved(view) && isOne(filter.levels, view.alert.level) && isOne(filter.kinds, view.alert.kind)))
  );
}

/** How many values a person has chosen; `alerts` has a choice of its own on the wall. */
export const chosenIn = (filter: WallFilter): number =>
  filter.teams.length + filter.agents.length + filter.levels.length + filter.kinds.length + filter.languages.length + Number(filter.lost_line);
