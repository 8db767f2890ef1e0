/** Sends what people do, and says so when the server does not accept it. */
import { act, actByPhone, changeAlerts, explain } from "./api";
import { reasonOf } from "./reason";
import { texts } from "./texts";
import type { Action, AlertsChange, AlertView, NamedAlert, PhoneWish } from "./types";
import { toasts } from "./ui/toasts.svelte";

type State = AlertsChange["state"];

const AT_ONCE = 200; // as many as the server takes in one request

/** Whether the server accepted the action. */
export async function perform(callId: string, action: Action): Promise<boolean> {
  return (await answered(act(callId, action).then(() => true))) ?? false;
}

/** Pauses the recording of a live call, or lets it go on. */
export const pauseRecording = (callId: string, paused: boolean) => perform(callId, { type: "pause_recording", paused });

/** Asks for something by telephone; gives the visit that it began, or why it failed, for the line below the buttons. */
export async function doByPhone(callId: string, wish: PhoneWish): Promise<{ visit: string; error: string }> {
  let visit: string;
  try {
    ({ visit } = await actByPhone(callId, wish));
  } catch (error) {
    return { visit: "", error: explain(error) };
  }
  if (wish.deed === "transfer") toasts.add(texts.phone.transferred(wish.to ?? ""));
  if (wish.deed === "hang_up") toasts.add(texts.phone.hungUp);
  return { visit, error: "" };
}

/** What the server answers; null when it does not accept the request, which is said. */
async function answered<T>(request: Promise<T>): Promise<T | null> {
  try {
    return await request;
  } catch (error) {
    toasts.error(texts.errors.action(explain(error)));
    return null;
  }
}

function change(callId: string, view: AlertView, state: State, note = "") {
  return perform(callId, { type: "change_alert", alert_id: view.incident, state, note });
}

/** Makes an alert one's own, and offers the way back. */
export async function acknowledge(callId: string, view: AlertView): Promise<void> {
  if (await change(callId, view, "acknowledged")) offerUndo(texts.wall.acknowledgedToast(reasonOf(view.alert)), callId, view);
}

/** Resolves an alert, and offers the way back. */
export async function resolve(callId: string, view: AlertView, note = ""): Promise<void> {
  if (await change(callId, view, "resolved", note)) offerUndo(texts.supervisor.resolvedToast(reasonOf(view.alert)), callId, view);
}

/** Opens an alert again: nobody owns it, and everybody sees it. */
export const reopen = (callId: string, view: AlertView) => change(callId, view, "open");
export const reopenNamed = (callId: string, alert_id: string) => perform(callId, { type: "change_alert", alert_id, state: "open" });

function offerUndo(told: string, callId: string, view: AlertView): void {
  toasts.add(told, { label: texts.supervisor.undo, run: () => void reopen(callId, view) });
}

/** Does the same with many alerts, and offers the way back; how many were changed. */
export async function changeAll(alerts: readonly NamedAlert[], state: State, note = ""): Promise<number> {
  const changed: NamedAlert[] = [];
  for (let at = 0; at < alerts.length; at += AT_ONCE) {
    const part = alerts.slice(at, at + AT_ONCE).map(({ call_id, alert_id }) => ({ call_id, alert_id }));
    const answer = await answered(changeAlerts({ alerts: part, state, note }));
    if (!answer) break;
    const failed = new Set(answer.failed.map(({ call_id, alert_id }) => `${call_id}/${alert_id}`));
    changed.push(...part.filter(({ call_id, alert_id }) => !failed.has(`${call_id}/${alert_id}`)));
    if (answer.failed[0]) toasts.error(texts.wall.failedCount(answer.failed.length, texts.errors.said(answer.failed[0].code)));
  }
  if (changed.length > 0 && state !== "open") offerUndoOfAll(changed, state);
  return changed.length;
}

function offerUndoOfAll(changed: readonly NamedAlert[], state: State): void {
  const told = state === "resolved" ? texts.wall.resolvedCount(changed.length) : texts.wall.acknowledgedCount(changed.length);
  toasts.add(told, { label: texts.supervisor.undo, run: () => void changeAll(changed, "open") });
}
