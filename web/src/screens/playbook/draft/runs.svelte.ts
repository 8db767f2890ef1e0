/** The playbook's examples as they last came out: run once for each saved state of the draft, while somebody looks. */
import { explain } from "../../../api";
import { getContext, setContext } from "svelte";
import * as api from "./api";
import type { Editor } from "./editor.svelte";
import type { Outcome } from "./types";

export class ExampleRuns {
  outcomes = $state.raw<readonly Outcome[] | null>(null); // null: not known yet
  problem = $state("");
  running = $state(false);
  #state = ""; // of the playbook that they were run on
  #request = new AbortController();

  constructor(readonly editor: Editor) {}

  readonly isReady = $derived.by(() => !this.editor.isUnsaved && this.editor.problems.length === 0 && !this.editor.isBroken);
  readonly failed = $derived((this.outcomes ?? []).filter((one) => !one.ok));

  /** How it stands: tells one state of the draft from the next. */
  get state(): string {
    const { draft, current } = this.editor;
    return draft ? `draft ${draft.revision}` : `version ${current?.number ?? 0}`;
  }

  /** Runs them unless they were run on this very state. */
  ask(): void {
    if (!this.isReady || this.#state === this.state) return;
    this.#state = this.state;
    void this.run();
  }

  async run(): Promise<void> {
    this.#request.abort();
    const { signal } = (this.#request = new AbortController());
    [this.running, this.outcomes, this.problem] = [true, null, ""];
    try {
      this.outcomes = await api.runExamples(this.editor.name, this.editor.draft !== null, signal);
    } catch (error) {
      if (!signal.aborted) this.problem = explain(error);
    }
    if (!signal.aborted) this.running = false;
  }

  /** What came of one example; null while that is not known. */
  of(number: number): Outcome | null {
    return this.isReady ? (this.outcomes?.find((one) => one.number === number) ?? null) : null;
  }

  close(): void {
    this.#request.abort();
  }
}

const KEY = Symbol("example runs");
export const provideRuns = (runs: ExampleRuns) => setContext(KEY, runs);
export const useRuns = () => getContext<ExampleRuns>(KEY);
