/**
 * Incidents: the alerts of one call that are one matter, with what happened in each and who took care of it. Pure.
 *
 * The same steps as `voiceassist/core/call/incidents.py`; the golden files hold the two together.
 * Next: `store.ts` keeps them for one call and for the wall.
 */
import type { Alert, AlertView, Level, RecordOf } from "../types";

export type IncidentRecord = RecordOf<"alert"> | RecordOf<"alert_repeated"> | RecordOf<"alert_changed"> | RecordOf<"quote_changed"> | RecordOf<"cue_retracted">;

const LEVELS: readonly Level[] = ["info", "warning", "critical"];

/** 0 for nothing, then rising with the level's weight. */
export function weight(level: Level | null): number {
  return level === null ? 0 : LEVELS.indexOf(level) + 1;
}

/** The incidents after a record; those that it is not about stay the same objects. */
export function incidentsAfter(incidents: AlertView[], record: IncidentRecord): AlertView[] {
  switch (record.type) {
    case "alert":
    case "alert_repeated":
      return withAlert(incidents, alertOf(record));
    case "alert_changed":
      return incidents.map((view) => (view.incident === record.alert_id ? changed(view, record) : view));
    case "quote_changed":
      return incidents.map((view) => (isAbout(view, record.cue_id) ? requotedView(view, record) : view));
    case "cue_retracted":
      return incidents.map((view) => (isAbout(view, record.cue_id) ? without(view, record.cue_id) : view));
  }
}

/** Whether somebody still has to look at it. */
export function isUnresolved(view: Pick<AlertView, "state">): boolean {
  return view.state === "open" || view.state === "acknowledged";
}

/** Whether one of the things that happened in it has not turned out to be none. */
export const isTrue = (view: AlertView, alert: Alert) => !view.untrue.includes(alert.why.cue_id);

/** The incident without what was said, and without what people wrote about it. */
export function unquoted(view: AlertView): AlertView {
  return {
    ...view,
    alert: withoutWords(view.alert),
    note: "",
    happened: view.happened.map(withoutWords),
    history: view.history.map((change) => ({ ...change, note: "" })),
  };
}

/** A repeat is an alert without an id. */
function alertOf(record: RecordOf<"alert"> | RecordOf<"alert_repeated">): Alert {
  const { type, call_id: _call, seq: _seq, ...alert } = record;
  return type === "alert" ? (alert as Alert) : { ...alert, alert_id: "" };
}

const fresh = (incident: string, alert: Alert): AlertView => ({
  incident,
  alert,
  state: "open",
  by: "",
  note: "",
  changed_ms: null,
  changed_at: "",
  owner: "",
  reason: "",
  count: 1,
  risen: false,
  happened: [],
  untrue: [],
  history: [],
});

/** Also to an incident whose beginning is not known: nothing that is known of it may be lost. */
function withAlert(incidents: AlertView[], alert: Alert): AlertView[] {
  const id = alert.incident || alert.alert_id;
  const known = incidents.find((view) => view.incident === id);
  if (!known) return [...incidents, grown(fresh(id, alert), alert)];
  return incidents.map((view) => (view === known ? grown(view, alert) : view));
}

function grown(view: AlertView, alert: Alert): AlertView {
  const after = told({ ...view, happened: [...view.happened, alert] });
  const rises = view.state === "acknowledged" && weight(after.alert.level) > weight(view.alert.level);
  return { ...after, risen: view.risen || rises };
}

function changed(view: AlertView, record: RecordOf<"alert_changed">): AlertView {
  const { type: _type, call_id: _call, seq: _seq, ...change } = record;
  const { state, by, note, reason, at_ms: changed_ms, done_at: changed_at } = change;
  return { ...view, state, by, note, changed_ms, changed_at, reason, owner: ownerAfter(view, change), risen: false, history: [...view.history, change] };
}

/** Whoever acknowledged it last owns it, or whoever it was handed to, until it is open again. */
function ownerAfter(view: AlertView, { state, owner, by }: AlertView["history"][number]): string {
  if (state === "acknowledged") return owner || by;
  return state === "open" ? "" : view.owner;
}

function without(view: AlertView, cueId: string): AlertView {
  if (view.untrue.includes(cueId)) return view;
  const left = told({ ...view, untrue: [...view.untrue, cueId] });
  return { ...left, risen: view.risen && left.alert.level === view.alert.level };
}

/** With the alert that tells of it now, and its count. Where nothing was true, the gravest of what was told. */
function told(view: AlertView): AlertView {
  const real = view.happened.filter((alert) => isTrue(view, alert));
  const [first = view.alert, ...others] = real.length > 0 ? real : view.happened;
  const alert = others.reduce((a, b) => (weight(b.level) > weight(a.level) ? b : a), first); // the first of equals
  return { ...view, alert, count: real.length };
}

const isAbout = (view: AlertView, cueId: string) => view.happened.some((alert) => alert.why.cue_id === cueId);

function requotedView(view: AlertView, { cue_id, words }: RecordOf<"quote_changed">): AlertView {
  const requoted = (alert: Alert): Alert => (alert.why.cue_id === cue_id ? { ...alert, quote: words, why: { ...alert.why, words } } : alert);
  return { ...view, alert: requoted(view.alert), happened: view.happened.map(requoted) };
}

const withoutWords = (alert: Alert): Alert => ({ ...alert, quote: "", why: { ...alert.why, words: "" } });
