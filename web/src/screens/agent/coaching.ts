/** Which of a supervisor's messages the agent's one line shows, and for how long. Pure. */
import type { AlertView, CallState, CoachingView } from "../../types";

const STAYS_MS = 20_000; // once it was seen: time to finish a sentence and to answer
const OTHERS_WAIT_MS = 6_000; // time to read three hundred characters at a glance or two
const ANSWERED_MS = 3_000; // the agent sees that the answer was taken

export const idOf = (view: CoachingView) => view.sent.coaching_id;

/** The oldest message that has not left the line. */
export function onLine(messages: readonly CoachingView[], left: ReadonlySet<string>): CoachingView | null {
  return messages.find((view) => !left.has(idOf(view))) ?? null;
}

/** After how many milliseconds a message leaves the line by itself; null: not before it was seen. */
export function leavesAfter(view: CoachingView, othersWait: boolean): number | null {
  if (view.answer !== null) return ANSWERED_MS;
  if (view.seen_at === "") return null;
  return othersWait ? OTHERS_WAIT_MS : STAYS_MS;
}

/** What was seen before this page was opened does not come to its line again. */
export const seenBefore = (messages: readonly CoachingView[]): Set<string> => new Set(messages.filter((view) => view.seen_at !== "").map(idOf));

/** What `answer` is for: the message on the line, else the newest that has no answer. */
export function answerable(call: CallState, shown: CoachingView | null): CoachingView | null {
  return shown ?? call.coaching.findLast((view) => view.answer === null) ?? call.coaching.at(-1) ?? null;
}

const UNHEARD_MS = 60_000; // a supervisor answers within a minute, or the agent should know
const DONE_MS = 15_000; // time to see who helped

export type HelpState =
  | { kind: "told"; at: number } // milliseconds since 1970
  | { kind: "unheard"; minutes: number }
  | { kind: "coming"; who: string }
  | { kind: "done"; who: string; helped: boolean };

/** What the agent should know of their call for help; null: there is none, or it is long over. */
export function helpOf(call: CallState, now: number): HelpState | null {
  const view = call.alerts.findLast((one) => one.alert.kind === "help");
  if (!view || call.status !== "live" || view.state === "retracted") return null;
  if (view.state === "resolved") return resolved(call, view, now);
  if (view.state === "acknowledged") return { kind: "coming", who: view.owner || view.by };
  const since = askedAt(call, view);
  return now - since < UNHEARD_MS ? { kind: "told", at: since } : { kind: "unheard", minutes: Math.floor((now - since) / 60_000) };
}

const askedAt = (call: CallState, view: AlertView) => Date.parse(call.started.started_at) + (view.happened[0] ?? view.alert).at_ms;

function resolved(call: CallState, view: AlertView, now: number): HelpState | null {
  const isOwn = view.by === call.started.agent.name; // "I'm fine": nobody came
  if (isOwn || !view.changed_at || now - Date.parse(view.changed_at) > DONE_MS) return null;
  return { kind: "done", who: view.by, helped: view.reason === "helped" || view.reason === "" };
}
