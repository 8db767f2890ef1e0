/** Retention rules as a form has them: for each team and kind one choice. Pure. */
import type { RetentionRule } from "../../../retention";

export const RETENTION_KINDS: readonly RetentionRule["kind"][] = ["audio", "transcript", "events"];
export const LONGEST_DAYS = 36_500; // the server's: a hundred years

export interface Keep {
  how: "inherit" | "ever" | "days"; // for all teams, `inherit` is not offered
  days: number;
}

export interface TeamRules {
  team: string | null; // null: every team without a rule of its own; "": calls without a team
  keep: { [kind in RetentionRule["kind"]]: Keep };
}

const A_MONTH = 30; // what the field begins with

/** Without any rule: everything for ever, or as for all teams. */
export function noRules(team: string | null): TeamRules {
  const keep = (): Keep => ({ how: team === null ? "ever" : "inherit", days: A_MONTH });
  return { team, keep: { audio: keep(), transcript: keep(), events: keep() } };
}

/** All teams first, then each team that has a rule. */
export function teamsIn(rules: readonly RetentionRule[]): TeamRules[] {
  const teams = new Map<string | null, TeamRules>([[null, noRules(null)]]);
  for (const { team, kind, days } of rules) {
    const one = teams.get(team) ?? noRules(team);
    one.keep[kind] = days === null ? { how: "ever", days: A_MONTH } : { how: "days", days };
    teams.set(team, one);
  }
  return [...teams.values()];
}

/** What the server is to have: no rule where a team goes by all teams', or all teams keep for ever. */
export function rulesOf(teams: readonly TeamRules[]): RetentionRule[] {
  return teams.flatMap(({ team, keep }) =>
    RETENTION_KINDS.flatMap((kind): RetentionRule[] => {
      const { how, days } = keep[kind];
      if (how === "inherit" || (how === "ever" && team === null)) return [];
      return [{ team, kind, days: how === "days" ? days : null }];
    }),
  );
}
