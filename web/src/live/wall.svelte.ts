/**
 * All live calls for a screen, kept current by the wall socket.
 *
 * Hundreds of calls change many times a second, so records are applied to plain rows at once and shown
 * once per frame. Next: `wallview.ts` sorts and filters the rows.
 */
import { getOlderRows, wallSocketPath } from "../api";
import { connect, type Connection, type LiveSocket } from "./socket";
import { texts } from "../texts";
import type { ServerMessage, WallRow } from "../types";
import { WallRows } from "./wallrows";

export class LiveWall {
  rows = $state.raw<readonly WallRow[]>([]);
  older = $state(0); // finished calls with unresolved alerts that are too old for the wall
  hasOlder = $state(true); // whether some of them were not fetched yet
  loaded = $state(false);
  connection = $state<Connection>("connecting");
  problem = $state<string | null>(null);
  readonly #rows = new WallRows();
  readonly #socket: LiveSocket;
  #olderNext: string | null = null; // where older ones go on; null: none was fetched
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
    if (message.type === "wall_snapshot") this.#replace(message.rows);
    if (message.type === "wall_row_added") this.#rows.add(message.row);
    if (message.type === "wall_older" && this.#olderNext === null) this.#rows.leave(message.left);
    if ("older" in message) this.older = message.older;
    if ("seq" in message) this.#rows.change(message, Date.now());
    this.#changed();
  }

  #replace(rows: readonly WallRow[]): void {
    this.#rows.replace(rows, Date.now());
    this.problem = null;
    this.loaded = true;
    [this.#olderNext, this.hasOlder] = [null, true];
  }

  /** Adds the next of the older finished calls with unresolved alerts. Rejects with an `ApiError`. */
  async showOlder(): Promise<void> {
    const page = await getOlderRows(this.#olderNext);
    for (const row of page.rows) this.#rows.add(row);
    [this.#olderNext, this.hasOlder] = [page.next ?? "", page.next !== null];
    this.#changed();
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
