/**
 * The playbook that is open on the screen: what a person sees of it, and when their edits are sent.
 *
 * One request at a time; edits made meanwhile wait for the next. `sync.ts` has the steps, `api.ts` the requests.
 */
import { getContext, setContext } from "svelte";
import { ApiError, explain } from "../../../api";
import { texts } from "../../../texts";
import { kindsOf } from "../../../ui/kinds";
import { toasts } from "../../../ui/toasts.svelte";
import * as api from "./api";
import { removing, setting } from "./edits";
import { ownKinds } from "./own_kinds";
import { isSame, isUnder, textAt, valueAt } from "./paths";
import { renaming } from "./rename";
import * as steps from "./sync";
import type { Builtin, Draft, Offer, Path, Pending, Playbook, Problem, Value, Version } from "./types";
import { dropUnsaved, keepUnsaved, lacking, readUnsaved } from "./unsaved";

const SAVE_AFTER_MS = 400; // of quiet: between two words of a quick typist
const RETRY_MS = 5_000; // after a lost connection or a fault of the server, by itself

const COLLISION = "draft_changed"; // the server's word for "somebody else saved in between"

export type Saving = "saved" | "waiting" | "saving" | "failed" | "conflict";

/** An item, and its place among its neighbours. */
export interface Place {
  path: Path;
  at: number;
}

export class Editor {
  #sync = $state.raw<steps.Sync>(null as never);
  current = $state.raw<Version | null>(null); // null: never published
  offer = $state.raw<Offer>(null as never); // which new calls get it
  busy = $state(false);
  steps = $state(0); // counts what replaced the whole text: undo, redo, import, discard
  readonly name: string;
  readonly builtin: Builtin | null;
  #edits = 0; // made so far
  #renamed: readonly { from: Path; to: Path }[] = []; // on this visit, the newest last
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(playbook: Playbook) {
    this.name = playbook.name;
    this.builtin = playbook.builtin ?? null;
    this.#open(playbook);
    this.#restore();
  }

  readonly document = $derived.by(() => steps.shown(this.#sync));
  /** What the kinds of cue are called and how they look, those of the draft too. */
  readonly kinds = kindsOf(() => ownKinds(this.document));
  readonly problems = $derived(steps.problemsOf(this.#sync));
  readonly draft = $derived(this.#sync.draft);
  readonly conflict = $derived(this.#sync.conflict);
  readonly failure = $derived(this.#sync.failure);
  readonly isBroken = $derived(steps.isBroken(this.#sync));
  readonly text = $derived(this.#sync.text);
  readonly canUndo = $derived(this.#sync.undo.length > 0 || steps.isUnsaved(this.#sync));
  readonly canRedo = $derived(this.#sync.redo.length > 0);
  readonly language = $derived(textAt(this.document, ["language"]) || "en");
  readonly saving: Saving = $derived.by(() => {
    if (this.#sync.conflict) return "conflict";
    if (this.#sync.failure) return "failed";
    if (this.busy) return "saving";
    return steps.isUnsaved(this.#sync) ? "waiting" : "saved";
  });
  readonly isUnsaved = $derived(steps.isUnsaved(this.#sync));
  /** Whether publishing would change anything. */
  readonly differs = $derived((this.draft !== null && (this.current === null || this.draft.changes > 0)) || steps.isUnsaved(this.#sync));

  value(path: Path): Value | undefined {
    return valueAt(this.document, path);
  }

  /** The problems at a field, or inside it. */
  problemsAt(path: Path): readonly Problem[] {
    return this.problems.filter((problem) => isUnder(problem.path, path));
  }

  /** A short message with the way back from what was just done. */
  say(message: string, back: () => void = () => void this.undo()): void {
    toasts.add(message, { label: texts.playbook.undo, run: back });
  }

  #open(playbook: Playbook): void {
    this.steps += 1;
    this.current = playbook.current;
    this.offer = playbook.offer;
    this.#sync = steps.opened(playbook);
  }

  /** What was typed when the window was closed, if its request did not arrive. */
  #restore(): void {
    const kept = readUnsaved(this.name);
    if (!kept) return;
    const rest = lacking(kept, this.#sync.saved, steps.revisionOf(this.#sync));
    if (!rest) return dropUnsaved(this.name);
    this.#sync = steps.restored(this.#sync, rest.edits, rest.revision);
    if (!this.#sync.conflict) this.#saveIn(0);
  }

  edit(edit: Pending): void {
    this.#edits += 1;
    this.#sync = steps.edited(this.#sync, edit);
    this.#saveIn(SAVE_AFTER_MS);
  }

  /** Several edits as one step. */
  editAll([first, ...others]: readonly Pending[]): void {
    if (!first) return;
    this.edit(first);
    for (const edit of others) this.edit({ ...edit, together: true });
  }

  /** Gives a part another id, here and wherever it is named, in one step. */
  rename(path: Path, to: string): void {
    const now = [...path.slice(0, -1), to];
    this.editAll(renaming(this.document, path, to));
    this.#renamed = [...this.#renamed, { from: path, to: now }];
    this.say(texts.playbook.renamed(String(path.at(-1)), to));
  }

  /** What a part that is not there is called now: after a renaming, or after that was undone. */
  otherName(path: Path): string | null {
    const found = this.#renamed.toReversed().flatMap(({ from, to }) => (isSame(from, path) ? [to] : isSame(to, path) ? [from] : []));
    return found.map((one) => (this.value(one) === undefined ? "" : String(one.at(-1)))).find(Boolean) ?? null;
  }

  set(path: Path, value: Value): void {
    this.edit(setting(this.document, path, value));
  }

  remove(path: Path): void {
    if (this.value(path) !== undefined) this.edit(removing(this.document, path));
  }

  /**
   * Removes items of lists or mappings in one step, and says so with the way back: that brings back these, whatever
   * came since. Of several in one list, the last comes first.
   */
  removeItems(items: readonly Place[], message: string): void {
    const removed = items.flatMap(({ path, at }) => {
      const value = this.value(path);
      return value === undefined ? [] : [{ path, at, value }];
    });
    for (const [i, { path }] of removed.entries()) this.#removeWith(path, i > 0);
    const edits = this.#edits;
    this.say(message, () => (edits === this.#edits ? void this.undo() : this.#bringBack(removed)));
  }

  #removeWith(path: Path, together: boolean): void {
    this.edit({ ...removing(this.document, path), ...(together && { together }) });
  }

  #bringBack(removed: readonly (Place & { value: Value })[]): void {
    for (const { path, at, value } of removed.toReversed()) {
      if (this.value(path.slice(0, -1)) === undefined) this.set(path, value);
      else this.edit({ op: "insert", path, value, ...(typeof path.at(-1) === "string" && { to: at }) });
    }
  }

  #saveIn(after_ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), after_ms);
  }

  /** Sends what waits, now; resolves when nothing is left to send, or when it cannot be sent. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#inTurn(() => this.#send());
  }

  async #send(): Promise<void> {
    while (this.#sync.waiting.length > 0 && !this.#sync.conflict) {
      this.#sync = steps.sending(this.#sync);
      const { sent, waiting } = this.#sync;
      const draft = await this.#request(() => api.editDraft(this.name, { ...this.#step(), edits: sent }));
      if (draft) this.#saved(draft);
      else if (this.#sync.waiting !== waiting) return; // it waits again; what was refused keeps nothing else waiting
    }
  }

  #saved(draft: Draft): void {
    this.#sync = steps.saved(this.#sync, draft);
    if (!this.isUnsaved) dropUnsaved(this.name);
  }

  /** The window may be closing: what waits is sent by a request that outlives it, and kept in this browser until then. */
  leave(): void {
    if (!this.isUnsaved) return;
    const { sent, waiting, saved } = this.#sync;
    keepUnsaved(this.name, { ...this.#step(), sent, waiting, saved });
    void this.flush();
  }

  #step(): api.Step {
    return { revision: steps.revisionOf(this.#sync) };
  }

  /** The server's answer; null when there is none, which the state then tells. */
  async #request<T>(ask: () => Promise<T>): Promise<T | null> {
    this.busy = true;
    try {
      return await ask();
    } catch (error) {
      await this.#wentWrong(error);
      return null;
    } finally {
      this.busy = false;
    }
  }

  async #wentWrong(error: unknown): Promise<void> {
    if (error instanceof ApiError && error.code === COLLISION) return this.#collided(error.message);
    const why = explain(error);
    const isRefused = error instanceof ApiError && error.status >= 400 && error.status < 500;
    this.#sync = isRefused ? steps.refused(this.#sync, why) : steps.failed(this.#sync, why);
    if (!isRefused) this.#saveIn(RETRY_MS);
    else if (this.isUnsaved) toasts.error(why); // the next edit is on its way, and takes the bar's message with it
  }

  /** Somebody else was quicker: their draft is fetched, for the person to choose. */
  async #collided(message: string): Promise<void> {
    const theirs = await api.getPlaybook(this.name).catch(() => null);
    if (!theirs) this.#sync = steps.failed(this.#sync, message);
    else {
      this.current = theirs.current;
      this.#sync = steps.conflicted({ ...this.#sync, published: theirs.document ?? {}, publishedText: theirs.text }, theirs.draft);
    }
  }

  /** One at a time, in the order they were asked for; one that fails keeps nobody from their turn. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const mine = this.#running.then(work);
    this.#running = mine.catch(() => {});
    return mine;
  }

  takeTheirs(): void {
    this.#sync = steps.tookTheirs(this.#sync);
    dropUnsaved(this.name);
    this.steps += 1;
  }

  keepMine(): void {
    this.#sync = steps.keptMine(this.#sync);
    void this.flush();
  }

  async undo(): Promise<void> {
    await this.flush();
    const text = this.#sync.undo.at(-1);
    if (text !== undefined) await this.#replace(text, steps.undone);
  }

  async redo(): Promise<void> {
    await this.flush();
    const text = this.#sync.redo.at(-1);
    if (text !== undefined) await this.#replace(text, steps.redone);
  }

  /** Puts a whole text in the draft's place; whether the server has it. */
  async import(text: string): Promise<boolean> {
    await this.flush();
    return this.#replace(text, steps.saved);
  }

  async #replace(text: string, step: (sync: steps.Sync, draft: Draft) => steps.Sync): Promise<boolean> {
    let done = false;
    await this.#inTurn(async () => {
      const draft = await this.#request(() => api.replaceDraft(this.name, { ...this.#step(), text }));
      if (draft) this.#sync = step(this.#sync, draft);
      if (draft) this.steps += 1;
      done = draft !== null;
    });
    return done;
  }

  /** Back to what is published (to nothing, where nothing is); gives the text that was thrown away, to bring it back. */
  async discard(): Promise<string> {
    await this.flush();
    const { text } = this.#sync;
    await api.discardDraft(this.name, this.#step().revision);
    if (this.current) await this.reload();
    return text;
  }

  /** `over` is the version that was published since the draft was begun, where somebody accepts that it is undone. */
  async publish(note: string, over: number | null): Promise<Version> {
    await this.flush();
    const version = await api.publish(this.name, { ...this.#step(), note, over });
    await this.reload();
    return version;
  }

  async rollBack(number: number, note: string): Promise<Version> {
    const version = await api.rollBack(this.name, number, note);
    await this.reload();
    return version;
  }

  /** Decides which new calls get the playbook; `decide` asks the server for it. */
  async decide(decide: () => Promise<unknown>): Promise<void> {
    await decide();
    this.offer = (await api.getPlaybook(this.name)).offer;
  }

  async reload(): Promise<void> {
    this.#open(await api.getPlaybook(this.name));
  }

  close(): void {
    void this.flush(); // what was typed last is not lost with the page
  }
}

const KEY = Symbol("editor");
export const provideEditor = (editor: Editor) => setContext(KEY, editor);
export const useEditor = () => getContext<Editor>(KEY);
