/** The English texts of the supervisor's wall: what is to be followed up, notices, choices, activity. Next: `en.ts`. */
import type { Column, Density } from "../screens/supervisor/layout";
import type { Counts } from "../screens/supervisor/wallview";
import type { By } from "../types";
import { whole } from "../format";
import { counting, naming } from "./forms";

const counted = counting("en");
const alerts = (count: number) => counted(count, { one: "# alert", other: "# alerts" });

const columns: By<Column> = { talk: "Agent talks", refusals: "Refusals", muted: "Cards", delay: "Delay", language: "Language" };
const densities: By<Density> = { comfortable: "Comfortable", compact: "Compact" };

export const wall = {
  help: "Help",
  owner: "Owner",
  showLive: "Live calls only",
  team: "Team",
  everyTeam: "Every team",
  columns,
  refusalsCount: (count: number, deadEnds: number) => (deadEnds > 0 ? `${whole(count)}, ${counted(deadEnds, { one: "# dead end", other: "# dead ends" })}` : whole(count)),
  muted: "muted",
  missed: (titles: string) => `Not said in time: ${titles}`,
  missedShort: "Not said",
  summary: ({ help, critical, warning, others }: Counts) =>
    [
      help > 0 ? counted(help, { one: "# asks for help", other: "# ask for help" }) : "",
      critical > 0 ? `${whole(critical)} critical` : "",
      warning > 0 ? counted(warning, { one: "# warning", other: "# warnings" }) : "",
      counted(others, { one: "# other", other: "# others" }),
    ]
      .filter(Boolean)
      .join(" · "),
  held: "Rows keep their places while you read.",
  toTop: "Show it",
  view: "View",
  viewTitle: "How the wall looks",
  density: "Rows",
  densities,
  columnsTitle: "More columns",
  notices: "Notices",
  noticesTitle: "When an alert comes",
  noticesText: "The number in the tab’s title and icon counts open alerts of live calls. Screen readers are always told.",
  sound: "Sound",
  desktop: "On the desktop",
  desktopDenied: "This browser does not allow desktop notices for this page. Allow them in its settings.",
  quiet: "No sound and no desktop notice between these times",
  quietFrom: "From",
  quietTo: "To",
  followUp: "To follow up",
  followUpHint: "Unresolved alerts of calls that are over",
  callsCount: (count: number) => counted(count, { one: "# call", other: "# calls" }),
  alertsCount: alerts,
  level: "Level",
  everyLevel: "Every level",
  selectAll: "Select all",
  selectOne: (reason: string, agent: string) => `Select: ${reason} ${agent}`,
  selectedCount: (count: number) => counted(count, { one: "# selected", other: "# selected" }),
  noteForAll: "One note for all (optional)",
  acknowledgedToast: (reason: string) => `Acknowledged: ${reason}`,
  acknowledgedCount: (count: number) => `Acknowledged: ${alerts(count)}`,
  resolvedCount: (count: number) => `Resolved: ${alerts(count)}`,
  failedCount: (count: number, why: string) => `${alerts(count)} could not be changed: ${why}`,
  reopen: "Open again",
  activity: "Activity",
  activityTitle: "What people did today",
  resolvedToday: "Resolved today",
  everything: "Everything today",
  person: "Person",
  everyone: "Everybody",
  noActivity: "Nothing yet.",
  moreActivity: "Only the newest are shown.",
  deed: naming({
    open: "opened again",
    acknowledged: "acknowledged",
    resolved: "resolved",
    false_alarm: "called a false alarm",
    false_alarm_undone: "took back that it was a false alarm",
    noted: "wrote down",
  }),
  callWith: (agent: string, customer: string) => `${agent} with ${customer}`,
};
