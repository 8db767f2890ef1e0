/**
 * All live calls for a screen, kept current by the wall socket.
 *
 * Hundreds of calls change many times a second, so records are applied to plain rows at once and shown
 * once per frame. Next: `wallview.ts` sorts and filters the rows.
 */
import { wallSocketPath } from "../api";
import { connect, type Connection, type LiveSocket } from "./socket";
import { texts } from "../texts";
import type { ServerMessage, WallRow } from "../types";
import { WallRows } from "./wallrows";

export class LiveWall {
  rows = $state.raw<readonly WallRow[]>([]);
  older = $state(0); // finished calls with unresolved alerts that are not among the rows
  loaded = $state(false);
  connection = $state<Connection>("connecting");
  problem = $state<string | null>(null);
  readonly #rows = new WallRows();
  readonly #socket: LiveSocket;
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
      this.problem = texts.errors.server(message.code, message.message);
      return;
    }
    if (message.type === "wall_snapshot") this.#replace(message.rows);
    if (message.type === "wall_row_added") this.#rows.add(message.row);
    if (message.type === "wall_older") this.#rows.leave(message.left);
    if ("older" in message) this.older = message.older;
    if ("seq" in message) this.#rows.change(message, Date.now());
    this.#changed();
  }

  #replace(rows: readonly WallRow[]): void {
    this.#rows.replace(rows, Date.now());
    this.problem = null;
    this.loaded = true;
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
