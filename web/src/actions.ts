/** Sends what people do, and says so when the server does not accept it. */
import { act, actByPhone, ApiError, changeAlerts, explain } from "./api";
import { dayAndTime } from "./format";
import { reasonOf } from "./reason";
import { texts } from "./texts";
import type { Action, AlertsChange, AlertReason, AlertView, NamedAlert, PhoneWish } from "./types";
import { toasts } from "./ui/toasts.svelte";

type State = AlertsChange["state"];

/** What is to become of an incident. */
export interface Change {
  state: State;
  note?: string;
  reason?: AlertReason;
  owner?: string; // whose it becomes; nobody given: mine
}

/** An incident of a call, as it was when somebody decided about it. */
export interface Chosen {
  call_id: string;
  view: AlertView;
}

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

/** Takes a card away as of no use, or takes that mark back; the card does not come back with that. */
export const markNotUseful = (callId: string, prompt_id: string, marked = true) => perform(callId, { type: "mark_not_useful", prompt_id, marked });

/** What the server answers; null when it does not accept the request, which is said. */
async function answered<T>(request: Promise<T>): Promise<T | null> {
  try {
    return await request;
  } catch (error) {
    toasts.error(error instanceof ApiError && error.done ? faster(error.done) : texts.errors.action(explain(error)));
    return null;
  }
}

/** Who did what before, in the words of the page. */
function faster(done: { [name: string]: string }): string {
  const step = texts.incidents.step({ state: done.state ?? "", by: done.by ?? "", owner: done.owner ?? "", reason: done.reason ?? "" });
  return texts.incidents.faster(step, done.at ? dayAndTime(done.at) : "");
}

/** `seen`: how many changes of it the person had seen; whoever has not seen the last one is refused. */
function change(callId: string, view: AlertView, what: Change, seen = view.history.length) {
  return perform(callId, { type: "change_alert", alert_id: view.incident, seen, ...what });
}

/** Makes an incident one's own, and offers the way back. */
export async function acknowledge(callId: string, view: AlertView): Promise<void> {
  if (await change(callId, view, { state: "acknowledged" })) offerUndo(texts.wall.acknowledgedToast(reasonOf(view.alert)), callId, view);
}

/** Resolves an incident, and offers the way back; whether that was accepted. */
export async function resolve(callId: string, view: AlertView, note = "", reason: AlertReason = ""): Promise<boolean> {
  const isDone = await change(callId, view, { state: "resolved", note, reason });
  if (isDone) offerUndo(texts.supervisor.resolvedToast(reasonOf(view.alert)), callId, view);
  return isDone;
}

/** Makes an incident somebody else's, and offers the way back. */
export async function handOver(callId: string, view: AlertView, owner: string): Promise<void> {
  if (await change(callId, view, { state: "acknowledged", owner })) offerUndo(texts.incidents.handedToast(owner), callId, view);
}

/** Opens an incident again: nobody owns it, and everybody sees it. */
export const reopen = (callId: string, view: AlertView) => change(callId, view, { state: "open" });
export const reopenNamed = (callId: string, alert_id: string) => perform(callId, { type: "change_alert", alert_id, state: "open" });

/** As it was before: whose, or why it had been resolved. */
export function before({ state, owner, note, reason }: AlertView): Change {
  if (state === "acknowledged") return { state, owner };
  return state === "resolved" ? { state, note, reason } : { state: "open" };
}

/** Nobody may have done anything since: the way back is of one's own change. */
function offerUndo(told: string, callId: string, view: AlertView): void {
  toasts.add(told, { label: texts.supervisor.undo, run: () => void change(callId, view, before(view), view.history.length + 1) });
}

/** Does the same with many incidents, and offers the way back; which were changed. */
export async function changeAll(chosen: readonly Chosen[], what: Change, onRestored: () => void): Promise<Chosen[]> {
  const changed = await send(chosen, what, 0);
  if (changed.length > 0) offerUndoOfAll(changed, what.state, onRestored);
  return changed;
}

/** `more`: changes of one's own since the views were seen. */
async function send(chosen: readonly Chosen[], { state, note = "", reason = "", owner = "" }: Change, more: number): Promise<Chosen[]> {
  const changed: Chosen[] = [];
  for (let at = 0; at < chosen.length; at += AT_ONCE) {
    const part = chosen.slice(at, at + AT_ONCE);
    const answer = await answered(changeAlerts({ alerts: part.map((one) => named(one, more)), state, note, reason, owner }));
    if (!answer) break;
    const failed = new Set(answer.failed.map(({ call_id, alert_id }) => `${call_id}/${alert_id}`));
    changed.push(...part.filter(({ call_id, view }) => !failed.has(`${call_id}/${view.incident}`)));
    if (answer.failed[0]) toasts.error(texts.wall.failedCount(answer.failed.length, whyFailed(answer.failed[0])));
  }
  return changed;
}

const named = ({ call_id, view }: Chosen, more: number): NamedAlert => ({ call_id, alert_id: view.incident, seen: view.history.length + more });

function whyFailed({ code, done }: { code: string; done: { [name: string]: string } }): string {
  return code === "alert_changed" ? faster(done) : texts.errors.said(code);
}

function offerUndoOfAll(changed: readonly Chosen[], state: State, onRestored: () => void): void {
  const told = state === "resolved" ? texts.wall.resolvedCount(changed.length) : texts.wall.acknowledgedCount(changed.length);
  toasts.add(told, { label: texts.supervisor.undo, run: () => void restoreAll(changed).then(onRestored) });
}

/** Each as it was before; those that were the same way go back together. */
async function restoreAll(changed: readonly Chosen[]): Promise<void> {
  const ways = new Map<string, Chosen[]>();
  for (const one of changed) {
    const way = JSON.stringify(before(one.view));
    ways.set(way, [...(ways.get(way) ?? []), one]);
  }
  for (const [way, some] of ways) await send(some, JSON.parse(way) as Change, 1);
}
