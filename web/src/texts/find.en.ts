/** The English texts of finding a call: filters, what they are called, saved searches, advice. Next: `en.ts`. */
import type { When } from "../screens/review/found/dates";
import type { FacetName } from "../screens/review/found/places";
import type { By, CallOutcome, QueryDoubt } from "../types";
import { whole } from "../format";
import { counting } from "./forms";

const counted = counting("en");

const facets: By<FacetName> = {
  outcome: "What became of a “no”",
  topic: "Topic",
  agent: "Agent",
  kind: "Cue",
  level: "Worst alert",
  team: "Team",
  tag: "Tag",
  tier: "Customer’s tier",
  customer: "Customer",
  playbook: "Playbook",
  version: "Version",
  language: "Language",
  source: "Came by",
  engine: "Recognised by",
};
const outcomes: By<CallOutcome> = { recovered: "Recovered", dead_end: "Dead end", taken: "Offer taken" };
const whens: By<When> = { today: "Today", yesterday: "Yesterday", this_week: "This week", last_week: "Last week", last_30_days: "Last 30 days" };
const doubts: { readonly [code in QueryDoubt["code"]]: (text: string) => string } = {
  no_words: (text) => `“${text}” has no letter or digit. Type a word that was said.`,
  near_alone: (text) => `“${text}” needs something on both sides: fee near waive. To look for the word itself, put it in quotes.`,
  near_number: (text) => `“${text}”: after near/ comes a number of words from 1 to 50, as in near/3.`,
  speaker_alone: (text) => `“${text}” needs what they said, as in agent: refund, or customer: "late fee".`,
  too_many: (text) => `From “${text}” on nothing more is looked for: 16 words and phrases are the most.`,
};

export const find = {
  filters: (count: number) => (count > 0 ? `Filters (${whole(count)})` : "Filters"),
  facets,
  outcomes,
  whens,
  doubts,
  when: "When",
  length: "How long",
  below: (minutes: number) => `under ${whole(minutes)} min`,
  between: (least: number, most: number) => `${whole(least)}–${whole(most)} min`,
  above: (minutes: number) => `${whole(minutes)} min or more`,
  since: (day: string) => `from ${day}`,
  until: (day: string) => `until ${day}`,
  count: (count: number, more: boolean) => (more ? `${whole(count)}+` : whole(count)),
  found: (count: number, more: boolean) => (more ? `${whole(count)}+ calls` : counted(count, { one: "# call", other: "# calls" })),
  deadEnds: (count: number, more: boolean) => (more ? `${whole(count)}+ dead ends` : counted(count, { one: "# dead end", other: "# dead ends" })),
  newest: (count: number) => `Counted in the newest ${whole(count)} calls.`,
  showAll: (count: number) => `All ${whole(count)}`,
  showFewer: "Fewer",
  noTeam: "Without a team",
  without: (what: string) => `Remove: ${what}`,
  clear: "Clear all",
  help: "Words, \"a phrase\", fee near waive, near/3, agent: refund, customer: \"late fee\"",
  noneTitle: "No call is all of this",
  noneText: "Take something away:",
  words: (q: string) => `“${q}”`,
  saved: "Saved searches",
  savedText: "Kept in this browser, under a name. Each is an address that you can send; “last week” stays last week.",
  savedName: "Name of this search",
  save: "Save",
  savedGone: (name: string) => `Forgotten: ${name}`,
  forgetSaved: (name: string) => `Forget ${name}`,
  openAt: (who: string, time: string) => `${who}, at ${time}: open the call there`,
};
