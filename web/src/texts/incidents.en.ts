/** The English texts of incidents: what happened, who did what about it, and what is to be followed up. Next: `en.ts`. */
import { whole } from "../format";
import type { By } from "../types";
import { counting } from "./forms";

const counted = counting("en");

/** What somebody did with an incident. */
export interface Step {
  state: string;
  by: string;
  owner: string;
  reason: string;
}

const reasons: By<"helped" | "false_alarm" | "no_action"> = { helped: "Helped", false_alarm: "False alarm", no_action: "No action needed" };
const because = (reason: string) => (reason in reasons ? ` (${reasons[reason as keyof typeof reasons].toLowerCase()})` : "");

export const incidents = {
  times: (count: number) => `×${whole(count)}`,
  timesLong: (count: number) => counted(count, { one: "once", other: "# times" }),
  risen: "Rose",
  risenLong: (owner: string) => `It became graver after ${owner} took it on.`,
  isOn: (owner: string) => `${owner} is on it`,
  nobodyIsOn: "Nobody is on it yet",
  lookedAt: "Seen",
  story: (cues: number, steps: number) => `What happened (${whole(cues)}), what was done (${whole(steps)})`,
  happened: "What happened",
  done: "What was done",
  nothingDone: "Nothing yet.",
  again: "again",
  untrue: "withdrawn",
  reason: "Reason",
  noReason: "No reason",
  reasons,
  step: ({ state, by, owner, reason }: Step) => {
    if (state === "acknowledged") return owner && owner !== by ? `${by} handed it to ${owner}` : `${by} took it on`;
    if (state === "resolved") return `${by} resolved it${because(reason)}`;
    return state === "open" ? `${by} opened it again` : "Withdrawn: the words turned out different";
  },
  handOver: "Hand over",
  handTo: "Hand over to",
  choose: "Choose…",
  nobodyElse: "There is nobody else to hand it to.",
  handedToast: (owner: string) => `Handed to ${owner}.`,
  restoredToast: "Taken back.",
  faster: (step: string, time: string) => `Somebody was faster: ${step}${time ? `, ${time}` : ""}. Look again, then decide.`,
  alerts: "Alerts of this call",
  queue: {
    title: "To follow up",
    text: "Unresolved alerts of calls that are over, the newest first.",
    count: (count: number) => counted(count, { one: "# alert", other: "# alerts" }),
    filters: "Filters",
    kind: "Kind",
    everyKind: "Every kind",
    everyAgent: "Every agent",
    owner: "Owner",
    everyOwner: "Everybody’s and nobody’s",
    nobodys: "Nobody’s",
    age: "Age",
    ages: { 0: "Any age", 1: "Over an hour", 24: "Over a day", 168: "Over a week" },
    text2: "Agent or customer",
    clear: "Clear the filters",
    none: "Nothing is left to follow up",
    noneText: "Unresolved alerts come here when their call is over.",
    noMatch: "Nothing matches",
    noMatchText: "Change the filters to see the others.",
    more: "Show more",
    loadFailed: "The list could not be loaded",
    refreshed: "New ones came. Show them",
    back: "Live calls",
  },
};
