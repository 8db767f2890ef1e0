/**
 * What people wrote about the call of a page, and in place of its words; and how they do it.
 *
 * Begins with what the page loaded; every change is answered with all that stands then. The page of the call provides
 * it, its parts use it. Never draws. Next: `screens/review/marks/`.
 */
import { getContext, setContext } from "svelte";
import { explain, mark } from "../api";
import { texts } from "../texts";
import type { Action, CallMoment, CallState, LineCorrected, Marks, NoteAdded, Speaker } from "../types";
import { toasts } from "../ui/toasts.svelte";

/** As `keyOf` of `ui/transcript.ts`. */
const keyOf = ({ speaker, utterance }: { speaker: Speaker; utterance: number }) => `${speaker}-${utterance}`;

export class CallMarks {
  all = $state.raw<Marks>({ notes: [], tags: [], corrections: [] });
  place = $state.raw<CallMoment | null>(null); // of the note that is being written; null: about the call
  asked = $state(0); // how often somebody asked for the box to write in
  editing = $state<string | null>(null); // key of the line that is being corrected
  span = $state.raw<{ start_ms: number; end_ms: number } | null>(null); // taken for a clip
  readonly callId: string;
  readonly corrections = $derived(new Map(this.all.corrections.map((one) => [keyOf(one), one])));
  readonly notesByLine = $derived(byLine(this.all.notes));

  constructor(callId: string, { notes, tags, corrections }: Pick<CallState, "notes" | "tags" | "corrections">) {
    this.callId = callId;
    this.all = { notes, tags, corrections };
  }

  correctionOf(key: string): LineCorrected | undefined {
    return this.corrections.get(key);
  }

  /** Whether the server took it; otherwise why not is said. */
  async write(action: Action): Promise<boolean> {
    try {
      this.all = await mark(this.callId, action);
      return true;
    } catch (error) {
      toasts.error(texts.errors.action(explain(error)));
      return false;
    }
  }

  /** Leads to the box for notes. */
  compose(place: CallMoment | null): void {
    this.place = place;
    this.asked += 1;
  }

  /** A clip begins there; where it ended before that, it is nothing yet. */
  beginSpan(at_ms: number): void {
    const start_ms = Math.round(at_ms);
    this.span = { start_ms, end_ms: Math.max(start_ms, this.span?.end_ms ?? start_ms) };
  }

  endSpan(at_ms: number): void {
    const end_ms = Math.round(at_ms);
    this.span = { start_ms: Math.min(end_ms, this.span?.start_ms ?? end_ms), end_ms };
  }

  /** Takes a line, with all between it and what was taken before. */
  takeLine({ start_ms, end_ms }: { start_ms: number; end_ms: number }): void {
    const before = this.span ?? { start_ms, end_ms };
    this.span = { start_ms: Math.min(before.start_ms, start_ms), end_ms: Math.max(before.end_ms, end_ms) };
  }

  clearSpan(): void {
    this.span = null;
  }

  async deleteNote({ note_id }: NoteAdded): Promise<void> {
    if (!(await this.write({ type: "change_note", note_id, deleted: true }))) return;
    toasts.add(texts.marks.removed, { label: texts.marks.undo, run: () => void this.write({ type: "change_note", note_id, deleted: false }) });
  }

  async removeTag(tag: string, place: CallMoment | null): Promise<void> {
    if (!(await this.write({ type: "set_tag", tag, on: false }))) return;
    toasts.add(texts.marks.tagRemoved(tag), { label: texts.marks.undo, run: () => void this.write({ type: "set_tag", tag, place }) });
  }

  /** Says what a line really was; null: as it was heard. Whether the server took it. */
  async correct(speaker: Speaker, utterance: number, text: string | null, said_by: Speaker | null): Promise<boolean> {
    const before = this.corrections.get(keyOf({ speaker, utterance }));
    const line = { type: "correct_line", speaker, utterance } as const;
    if (!(await this.write({ ...line, text, said_by }))) return false;
    const stands = this.corrections.has(keyOf({ speaker, utterance }));
    const run = () => void this.write({ ...line, text: before?.text ?? null, said_by: before?.said_by ?? null });
    toasts.add(stands ? texts.marks.lineCorrected : texts.marks.lineTakenBack, { label: texts.marks.undo, run });
    return true;
  }
}

function byLine(notes: readonly NoteAdded[]): ReadonlyMap<string, readonly NoteAdded[]> {
  const found = new Map<string, NoteAdded[]>();
  for (const note of notes) {
    if (!note.place?.speaker) continue;
    const key = keyOf({ speaker: note.place.speaker, utterance: note.place.utterance });
    found.set(key, [...(found.get(key) ?? []), note]);
  }
  return found;
}

const KEY = Symbol("marks of a call");

export const provideMarks = (marks: CallMarks): CallMarks => setContext(KEY, marks);
export const useMarks = () => getContext<CallMarks | undefined>(KEY);
