/**
 * The English texts around key figures; what each figure is called and means comes from the server, which defines it.
 * Next: `en.ts`.
 */
import { whole } from "../format";
import type { By, PeriodName } from "../types";
import { counting } from "./forms";

const counted = counting("en");

const periods: By<PeriodName> = { today: "Today", this_week: "This week", last_week: "Last week", eight_weeks: "Eight weeks" };
const before: By<PeriodName> = {
  today: "a week ago, until this time",
  this_week: "last week, until this time",
  last_week: "the week before",
  eight_weeks: "",
};

export const kpis = {
  title: "Key figures",
  today: "Today",
  show: "Show today’s figures",
  hide: "Hide today’s figures",
  all: "All key figures",
  period: "Period",
  periods,
  before: (period: PeriodName, value: string) => `${value} ${before[period]}`,
  team: "Team",
  everyTeam: "Every team",
  noTeam: "No team",
  days: (from: string, to: string) => `${from} – ${to}`,
  file: "Download (CSV)",
  of: (part: number, of: number) => `${whole(part)} of ${whole(of)}`,
  in: (count: number, time: string) => `${whole(count)} in ${time}`,
  below: (period: PeriodName) => `In small: ${before[period]}`,
  whatIs: (name: string) => `What is “${name}”?`,
  opens: (name: string, count: number) => `${name}: open the calls with these ${whole(count)}`,
  opensWhole: (name: string, count: number) => `${name}: open the calls with all ${whole(count)}`,
  updated: (time: string) => `As of ${time}`,
  uncounted: (count: number) => counted(count, { one: "# older call is still being added", other: "# older calls are still being added" }),
  failed: "The figures could not be loaded",
  outdated: "These figures may be out of date",
  noneTitle: "No calls in this time",
  noneText: "Figures appear with the first call.",
  trend: "Trend",
  trendOf: "Figure",
  trendLabel: (name: string, first: string, last: string) => `${name}, week by week, from ${first} to ${last}. The same as a table is below.`,
  asTable: "As a table",
  week: "Week from",
  teams: "Teams compared",
  agents: (team: string) => `Agents of ${team}`,
  agent: "Agent",
  sortBy: (name: string) => `Sort by ${name}`,
  moreGroups: (count: number) => `Only the first ${whole(count)} are shown; all are in the total.`,
  behind: (name: string, days: string) => `${name}, ${days}`,
  counted: (name: string, count: number) => `${name}: ${whole(count)}`,
  allCalls: "Show all calls",
  myDay: "Your day",
  myDayText: "Only you and who leads you see these numbers. Nobody is compared with anybody.",
  myCalls: "Calls",
  myRecovered: "Refusals recovered",
  myCards: "Cards used",
  promises: "Promised by a day or a time",
  stillOpen: (count: number) => counted(count, { one: "# still open", other: "# still open" }),
  kept: "Kept",
  keptOne: (words: string) => `Kept: ${words}`,
  keptHere: "Who leads you sees what you tick as kept, and nothing else tells it.",
  noPromises: "Nothing so far.",
  promise: "“{words}”, to {name}",
};
