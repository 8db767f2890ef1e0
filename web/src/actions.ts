/** Sends what people do, and says so when the server does not accept it. */
import { act, explain } from "./api";
import { reasonOf } from "./reason";
import { texts } from "./texts";
import type { Action, AlertView } from "./types";
import { toasts } from "./ui/toasts.svelte";

/** Whether the server accepted the action. */
export async function perform(callId: string, action: Action): Promise<boolean> {
  try {
    await act(callId, action);
    return true;
  } catch (error) {
    toasts.error(texts.errors.action(explain(error)));
    return false;
  }
}

function change(callId: string, view: AlertView, state: "open" | "acknowledged" | "resolved", note = "") {
  const { alert_id } = view.alert;
  return perform(callId, { type: "change_alert", alert_id, state, note });
}

export const acknowledge = (callId: string, view: AlertView) => change(callId, view, "acknowledged");

/** Resolves an alert and offers the way back. */
export async function resolve(callId: string, view: AlertView, note = ""): Promise<void> {
  if (!(await change(callId, view, "resolved", note))) return;
  const undo = { label: texts.supervisor.undo, run: () => void change(callId, view, "open") };
  toasts.add(texts.supervisor.resolvedToast(reasonOf(view.alert)), undo);
}
