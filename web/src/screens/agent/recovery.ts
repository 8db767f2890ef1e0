/** After an abusive call: whether its agent still has to be offered a moment, who knows of it, and their break. */
import { isUnresolved } from "../../live/store";
import { store, stored } from "../../live/preferences.svelte";
import type { AlertView, CallState } from "../../types";

const KEY = "recovery-seen"; // the last call of which it was skipped: it comes once, also after a reload

export const wasSeen = (callId: string): boolean => stored(KEY, "") === callId;
export const setSeen = (callId: string): void => store(KEY, callId);

const ABUSE: readonly string[] = ["insult", "threat", "slur", "sexual"];

const abuseAlerts = ({ alerts }: Pick<CallState, "alerts">): AlertView[] => alerts.filter(({ alert, state }) => ABUSE.includes(alert.kind) && state !== "retracted");

/** Who of the supervisors took the abuse on; null: there was no alert of it. */
export function takenOnBy(call: Pick<CallState, "alerts">): string[] | null {
  const told = abuseAlerts(call);
  return told.length === 0 ? null : [...new Set(told.map(({ owner, state, by }) => owner || (state === "resolved" ? by : "")).filter((name) => name !== ""))];
}

/** Whether the agent has a break now. */
export const hasBreak = ({ alerts }: Pick<CallState, "alerts">): boolean => alerts.some((view) => view.alert.kind === "break" && isUnresolved(view));
