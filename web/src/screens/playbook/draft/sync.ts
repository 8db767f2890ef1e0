/**
 * A draft between a person who types and a server that saves: what is saved, what is on its way, what waits.
 *
 * Pure steps on a state; no clock and no network. `editor.svelte.ts` decides when and sends. What a person sees is
 * always the saved document with their own edits on it, so an answer that comes late takes back nothing.
 */
import { applyAll, joined } from "./edits";
import type { Draft, Mapping, Pending, Playbook, Problem } from "./types";

export interface Sync {
  published: Mapping; // of the current version
  publishedText: string;
  saved: Mapping; // as the server has the draft, or the published one without a draft
  text: string; // the same as YAML
  draft: Draft | null;
  sent: readonly Pending[]; // on the way
  waiting: readonly Pending[]; // not sent yet
  failure: string; // why the last try did not save; empty when it did
  conflict: Draft | null; // somebody else's draft, which ours does not know
  undo: readonly string[]; // texts before each saved step, the newest last
  redo: readonly string[];
}

const LONGEST_UNDO = 100; // texts of a few dozen kB each

export function opened({ document, text, draft }: Playbook): Sync {
  const nothing = { sent: [], waiting: [], failure: "", conflict: null, undo: [], redo: [] };
  const published = document ?? {};
  return { published, publishedText: text, ...from(draft, published, text), ...nothing };
}

function from(draft: Draft | null, published: Mapping, publishedText: string): Pick<Sync, "saved" | "text" | "draft"> {
  return { saved: draft?.document ?? published, text: draft?.text ?? publishedText, draft };
}

export const revisionOf = (sync: Sync) => sync.draft?.revision ?? 0;
export const problemsOf = (sync: Sync): readonly Problem[] => sync.draft?.problems ?? [];
export const isUnsaved = (sync: Sync) => sync.sent.length + sync.waiting.length > 0;

/** Whether the text is no YAML at all: nothing to edit, only to replace or to discard. */
export const isBroken = (sync: Sync) => sync.draft !== null && sync.draft.document === null;

/** The document as the person sees it. */
export const shown = (sync: Sync): Mapping => applyAll(sync.saved, [...sync.sent, ...sync.waiting]);

export const edited = (sync: Sync, edit: Pending): Sync => ({ ...sync, waiting: joined(sync.waiting, edit) });

/**
 * Takes the first of what waits on its way, each a step to undo: all that was typed in a row, or one removal or move,
 * with what belongs to it.
 */
export function sending(sync: Sync): Sync {
  const other = sync.waiting.findIndex((edit) => edit.op !== "set");
  let count = other < 0 ? sync.waiting.length : Math.max(1, other);
  while (sync.waiting[count]?.together) count += 1;
  return { ...sync, sent: sync.waiting.slice(0, count), waiting: sync.waiting.slice(count), failure: "" };
}

/** Edits of an earlier visit, that this browser kept: they wait, or the person chooses where somebody saved since. */
export function restored(sync: Sync, edits: readonly Pending[], revision: number): Sync {
  const waiting = { ...sync, waiting: [...edits, ...sync.waiting] };
  return revision === revisionOf(sync) ? waiting : { ...waiting, conflict: sync.draft ?? NO_DRAFT };
}

/** The server has it: one more step to undo. */
export function saved(sync: Sync, draft: Draft): Sync {
  const undo = [...sync.undo, sync.text].slice(-LONGEST_UNDO);
  return { ...taken(sync, draft), undo, redo: [] };
}

const taken = (sync: Sync, draft: Draft | null): Sync => ({
  ...sync,
  ...from(draft, sync.published, sync.publishedText),
  sent: [],
  failure: "",
});

/** It did not get there: it waits again, ahead of what was typed meanwhile. */
export function failed(sync: Sync, why: string): Sync {
  return { ...sync, sent: [], waiting: sync.waiting.reduce(joined, [...sync.sent]), failure: why };
}

/** The server will never take it: it is gone, and the person is told why. */
export const refused = (sync: Sync, why: string): Sync => ({ ...sync, sent: [], failure: why });

/** Somebody else saved in between; the person decides. */
export function conflicted(sync: Sync, theirs: Draft | null): Sync {
  return { ...failed(sync, ""), conflict: theirs ?? NO_DRAFT };
}

/** Stands for a draft that somebody else discarded or published. */
const NO_DRAFT: Draft = { text: "", document: null, problems: [], base: 0, revision: 0, by: "", saved_at: "", changes: 0 };
const real = (draft: Draft | null) => (draft === NO_DRAFT ? null : draft);

/** Ours is dropped. Earlier steps are no longer ours to undo. */
export function tookTheirs(sync: Sync): Sync {
  return { ...taken(sync, real(sync.conflict)), waiting: [], conflict: null, undo: [], redo: [] };
}

/** Our edits go on top of theirs. */
export function keptMine(sync: Sync): Sync {
  return { ...taken(sync, real(sync.conflict)), conflict: null, undo: [], redo: [] };
}

/** The step back was saved as this draft. */
export function undone(sync: Sync, draft: Draft): Sync {
  return { ...taken(sync, draft), undo: sync.undo.slice(0, -1), redo: [...sync.redo, sync.text] };
}

/** The step forward again was saved as this draft. */
export function redone(sync: Sync, draft: Draft): Sync {
  return { ...taken(sync, draft), undo: [...sync.undo, sync.text], redo: sync.redo.slice(0, -1) };
}
