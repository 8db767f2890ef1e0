/**
 * All live calls for a screen, kept current by the wall socket.
 *
 * Hundreds of calls change many times a second, so records are applied to plain rows at once and shown
 * once per frame. Next: `wallview.ts` sorts and filters the rows.
 */
import { getOlderRows, wallSocketPath } from "../api";
import { connect, type Connection, type LiveSocket } from "./socket";
import { texts } from "../texts";
import type { ServerMessage, WallPage, WallRow } from "../types";
import { WallRows } from "./wallrows";

export class LiveWall {
  rows = $state.raw<readonly WallRow[]>([]);
  unfetched = $state(0); // finished calls with unresolved alerts that are not among the rows
  follow_up_days = $state(0); // older calls are not followed up here; 0: all are
  loaded = $state(false);
  connection = $state<Connection>("connecting");
  problem = $state<string | null>(null);
  readonly #rows = new WallRows();
  readonly #socket: LiveSocket;
  #older = 0; // finished calls with unresolved alerts that the server's wall does not have
  #uncounted = 0; // of those, none that a page has: they aged out since the server counted
  #isBehind = false; // whether one came to these that is not here, since the last page was asked for
  #wantsOlder = false; // whether they are to be here as well
  #fetching: Promise<void> | null = null;
  #frame = 0;
  #sweeper: ReturnType<typeof setTimeout> | undefined; // rings when the next resolved row leaves

  constructor(agent: string | null) {
    this.#socket = connect({
      path: wallSocketPath(agent),
      onMessage: (message) => this.#receive(message),
      onConnection: (connection) => (this.connection = connection),
    });
  }

  #receive(message: ServerMessage): void {
    if (message.type === "error") {
      this.problem = texts.errors.said(message.code);
      return;
    }
    if (message.type === "wall_snapshot") {
      this.follow_up_days = message.follow_up_days;
      this.#replace(message.rows);
    }
    if (message.type === "wall_row_added") this.#rows.add(message.row);
    if (message.type === "wall_older") this.#leave(message.left, message.older);
    if ("older" in message) this.#older = message.older;
    if ("seq" in message) this.#rows.change(message, Date.now());
    this.#changed();
  }

  #leave(left: readonly string[], older: number): void {
    const before = this.#rows.olderCount;
    this.#rows.leave(left, this.#wantsOlder);
    if (older - this.#older > this.#rows.olderCount - before) this.#isBehind = true;
  }

  #replace(rows: readonly WallRow[]): void {
    this.#rows.replace(rows, Date.now());
    this.problem = null;
    this.loaded = true;
    [this.#wantsOlder, this.#uncounted] = [false, 0];
  }

  /** Adds all older finished calls with unresolved alerts, page by page. Rejects with an `ApiError`. */
  fetchOlder(): Promise<void> {
    this.#fetching ??= this.#fetchAll().finally(() => (this.#fetching = null));
    return this.#fetching;
  }

  async #fetchAll(): Promise<void> {
    this.#wantsOlder = true;
    do {
      this.#isBehind = false;
      await this.#fetchPages();
    } while (this.#isBehind);
    this.#uncounted = Math.max(0, this.#older - this.#rows.olderCount);
    this.#changed();
  }

  async #fetchPages(): Promise<void> {
    for (let next: string | null = null, isFirst = true; isFirst || next !== null; isFirst = false) {
      const page: WallPage = await getOlderRows(next);
      this.#rows.addOlder(page.rows);
      next = page.next;
      this.#changed();
    }
  }

  #changed(): void {
    clearTimeout(this.#sweeper);
    const wait_ms = this.#rows.sweep(Date.now());
    if (wait_ms !== null) this.#sweeper = setTimeout(() => this.#changed(), wait_ms);
    this.#frame ||= requestAnimationFrame(() => this.#show());
  }

  #show(): void {
    this.#frame = 0;
    this.rows = this.#rows.all();
    this.unfetched = Math.max(0, this.#older - this.#uncounted - this.#rows.olderCount);
  }

  retryNow(): void {
    this.#socket.retryNow();
  }

  close(): void {
    clearTimeout(this.#sweeper);
    cancelAnimationFrame(this.#frame);
    this.#socket.close();
  }
}
