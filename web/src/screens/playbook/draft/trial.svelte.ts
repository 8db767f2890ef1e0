/** The sentence that is being tried: kept while a person moves between sections, asked again as they type or edit. */
import { explain } from "../../../api";
import { getContext, setContext } from "svelte";
import type { Speaker } from "../../../types";
import * as api from "./api";
import { isSameAnswer } from "./tried";
import type { Tried, TryRequest } from "./types";

const ASK_AFTER_MS = 200;

export class Trial {
  speaker = $state<Speaker>("agent");
  text = $state("");
  before = $state("");
  tier = $state("standard");
  draft = $state.raw<Tried | null>(null);
  published = $state.raw<Tried | null>(null);
  problem = $state("");
  asking = $state(false);
  readonly differs = $derived(this.draft !== null && this.published !== null && !isSameAnswer(this.draft, this.published));
  #timer: ReturnType<typeof setTimeout> | undefined;
  #request = new AbortController();

  constructor(readonly name: string) {}

  /** Asks again soon; an older question is abandoned. `which` exists of this playbook. */
  ask(which: { draft: boolean; published: boolean }): void {
    clearTimeout(this.#timer);
    this.#request.abort();
    this.#request = new AbortController();
    const { text, speaker, before, tier } = this;
    if (text.trim() === "") [this.draft, this.published, this.problem, this.asking] = [null, null, "", false];
    else this.#timer = setTimeout(() => void this.#ask(which, { text, speaker, before, tier }), ASK_AFTER_MS);
  }

  async #ask(which: { draft: boolean; published: boolean }, sentence: Omit<TryRequest, "draft">): Promise<void> {
    const { signal } = this.#request;
    this.asking = true;
    const answer = (draft: boolean) => (which[draft ? "draft" : "published"] ? api.tryOut(this.name, { ...sentence, draft }, signal) : null);
    try {
      const [draft, published] = await Promise.all([answer(true), answer(false)]);
      [this.draft, this.published, this.problem] = [draft, published, ""];
    } catch (error) {
      if (!signal.aborted) this.problem = explain(error);
    }
    if (!signal.aborted) this.asking = false;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#request.abort();
  }
}

const KEY = Symbol("trial");
export const provideTrial = (trial: Trial) => setContext(KEY, trial);
export const useTrial = () => getContext<Trial>(KEY);
