/**
 * What was typed and not saved when the window closed, kept in this browser until the playbook is opened again.
 *
 * A request that is sent while a window closes may or may not arrive. The documents tell: the draft is one of them
 * when it did.
 */
import { applyAll } from "./edits";
import type { Mapping, Pending } from "./types";

export interface Unsaved {
  revision: number; // of the draft that the edits change
  sent: readonly Pending[]; // on their way when the window closed
  waiting: readonly Pending[];
  withSent: string; // the draft with what was on its way, as JSON
  withAll: string;
}

const keyOf = (name: string) => `unsaved playbook ${name}`;

export function keepUnsaved(name: string, { saved, ...edits }: Pick<Unsaved, "revision" | "sent" | "waiting"> & { saved: Mapping }): void {
  const withSent = applyAll(saved, edits.sent);
  const unsaved: Unsaved = { ...edits, withSent: JSON.stringify(withSent), withAll: JSON.stringify(applyAll(withSent, edits.waiting)) };
  try {
    localStorage.setItem(keyOf(name), JSON.stringify(unsaved));
  } catch {
    return; // storage is full or switched off: the request that was sent is all there is
  }
}

export function dropUnsaved(name: string): void {
  try {
    localStorage.removeItem(keyOf(name));
  } catch {
    return; // as above
  }
}

/** What this browser kept of a playbook; null where it kept nothing, or nothing that can be read. */
export function readUnsaved(name: string): Unsaved | null {
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(name)) ?? "null") as Partial<Unsaved> | null;
    const isWhole = Array.isArray(kept?.sent) && Array.isArray(kept.waiting) && typeof kept.revision === "number";
    return isWhole ? (kept as Unsaved) : null;
  } catch {
    return null;
  }
}

/** The edits that the draft still lacks, and the revision that they change; null: it has them all. */
export function lacking(kept: Unsaved, saved: Mapping, revision: number): { edits: readonly Pending[]; revision: number } | null {
  const now = JSON.stringify(saved);
  if (now === kept.withAll) return null;
  if (now === kept.withSent) return { edits: kept.waiting, revision };
  return { edits: [...kept.sent, ...kept.waiting], revision: kept.revision };
}
