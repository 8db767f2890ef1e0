/** What a wall shows, as its address names it: so that it can be sent, kept as a bookmark and come back to. Pure. */
import type { Level, WallFilter } from "../../types";
import { EVERY_ROW } from "./wallfilter";
import type { Show } from "./wallview";

export const VIEWS = ["calls", "teams", "agents"] as const;
export type ViewName = (typeof VIEWS)[number];

export interface WallAddress {
  readonly view: ViewName;
  readonly filter: WallFilter; // its `alerts` is that of `show`
  readonly show: Show;
  readonly text: string;
  readonly board: boolean; // for a big screen: large, without controls
}

export const WHOLE_WALL: WallAddress = { view: "calls", filter: EVERY_ROW, show: "all", text: "", board: false };

const LEVELS: readonly Level[] = ["critical", "warning", "info"];
const SHOWS: readonly Show[] = ["all", "live", "alerts"];
const MOST = 50; // values of one kind, as the server takes them
const LONGEST = 200;

const oneOf = <T extends string>(known: readonly T[], value: string | null, usual: T): T => known.find((one) => one === value) ?? usual;

/** What an address names; what it names wrongly is left out. */
export function addressIn(query: URLSearchParams): WallAddress {
  const some = (name: string) => [...new Set(query.getAll(name))].filter((value) => value !== "" && value.length <= LONGEST).slice(0, MOST);
  const show = oneOf(SHOWS, query.get("show"), "all");
  return {
    view: oneOf(VIEWS, query.get("view"), "calls"),
    show,
    text: (query.get("q") ?? "").slice(0, LONGEST),
    board: query.get("wall") === "1",
    filter: {
      teams: some("team"),
      agents: some("agent"),
      levels: LEVELS.filter((level) => some("level").includes(level)),
      kinds: some("kind"),
      languages: some("language"),
      lost_line: query.get("line") === "lost",
      alerts: show === "alerts",
    },
  };
}

/** The address without its question mark; empty for the whole wall. */
export function queryOf({ view, filter, show, text, board }: WallAddress): string {
  const said: [string, string][] = [
    ...(view === "calls" ? [] : [["view", view] as [string, string]]),
    ...named("team", filter.teams),
    ...named("agent", filter.agents),
    ...named("level", filter.levels),
    ...named("kind", filter.kinds),
    ...named("language", filter.languages),
    ...named("line", filter.lost_line ? ["lost"] : []),
    ...named("show", show === "all" ? [] : [show]),
    ...named("q", text === "" ? [] : [text]),
    ...named("wall", board ? ["1"] : []),
  ];
  return String(new URLSearchParams(said));
}

const named = (name: string, values: readonly string[]) => values.map((value): [string, string] => [name, value]);

/** With another choice of what is shown. */
export const withShow = (address: WallAddress, show: Show): WallAddress => ({ ...address, show, filter: { ...address.filter, alerts: show === "alerts" } });
