/** What was noticed in a call, as a list to go through. Pure. Next: `MomentsTab.svelte`. */
import type { Note, Timeline } from "./timeline";

export const SORTS = ["cue", "card", "alert", "coaching"] as const;
export type Sort = (typeof SORTS)[number];
export type Entry = Extract<Note, { type: Sort }>;

const isEntry = (note: Note): note is Entry => (SORTS as readonly string[]).includes(note.type);

/** All of them in order of time; a cue that its final words took back is none. */
export function entriesOf({ moments }: Timeline): readonly Entry[] {
  const all = moments.flatMap(({ notes }) => notes.filter(isEntry));
  return all.filter((one) => one.type !== "cue" || one.view.status !== "retracted").sort((a, b) => a.at_ms - b.at_ms);
}
