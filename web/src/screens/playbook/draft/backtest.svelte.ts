/** A test on stored calls that runs on the server: started, watched, cancelled. */
import { explain } from "../../../api";
import { getContext, setContext } from "svelte";
import * as api from "./api";
import type { Backtest } from "./types";

const LOOK_AFTER_MS = 300;

export class BacktestRun {
  state = $state.raw<Backtest | null>(null);
  problem = $state("");
  starting = $state(false);
  readonly isRunning = $derived(this.starting || this.state?.state === "running");
  #job: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly name: string) {}

  async start(last: number): Promise<void> {
    [this.problem, this.state, this.starting] = ["", null, true];
    await this.#try(async () => {
      this.#job = await api.startBacktest(this.name, last);
      await this.#look();
    });
    this.starting = false;
  }

  async cancel(): Promise<void> {
    const job = this.#job;
    if (job) await this.#try(async () => void (await api.cancelBacktest(job)));
    await this.#try(() => this.#look());
  }

  async #look(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#job === null) return;
    this.state = await api.getBacktest(this.#job);
    if (this.state.state === "running") this.#timer = setTimeout(() => void this.#try(() => this.#look()), LOOK_AFTER_MS);
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      [this.problem, this.state] = [explain(error), null];
    }
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}

const KEY = Symbol("backtest");
export const provideBacktest = (run: BacktestRun) => setContext(KEY, run);
export const useBacktest = () => getContext<BacktestRun>(KEY);
