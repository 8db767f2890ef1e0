/**
 * All live calls for a screen, kept current by the wall socket.
 *
 * Hundreds of calls change many times a second, so records are applied to a plain map at once and shown
 * once per frame. Next: `wallview.ts` sorts and filters the rows.
 */
import { wallSocketPath } from "../api";
import { connect, type Connection, type LiveSocket } from "../socket";
import { applyWall, openRow } from "../store";
import type { ServerMessage, WallRow, WireRecord } from "../types";

export class LiveWall {
  rows = $state.raw<readonly WallRow[]>([]);
  loaded = $state(false);
  connection = $state<Connection>("connecting");
  problem = $state<string | null>(null);
  readonly #byId = new Map<string, WallRow>();
  readonly #socket: LiveSocket;
  #frame = 0;

  constructor(agent: string | null) {
    this.#socket = connect({
      path: wallSocketPath(agent),
      onMessage: (message) => this.#receive(message),
      onConnection: (connection) => (this.connection = connection),
    });
  }

  #receive(message: ServerMessage): void {
    if (message.type === "error") {
      this.problem = message.message;
      return;
    }
    if (message.type === "wall_snapshot") this.#replace(message.rows);
    if ("seq" in message) this.#change(message);
    this.#frame ||= requestAnimationFrame(() => this.#show());
  }

  #replace(rows: readonly WallRow[]): void {
    this.#byId.clear();
    for (const row of rows) this.#byId.set(row.call_id, row);
    this.problem = null;
    this.loaded = true;
  }

  #change(record: WireRecord): void {
    const row = this.#byId.get(record.call_id);
    if (row) this.#byId.set(record.call_id, applyWall(row, record));
    else if (record.type === "call_started") this.#byId.set(record.call_id, openRow(record));
  }

  #show(): void {
    this.#frame = 0;
    this.rows = [...this.#byId.values()];
  }

  retryNow(): void {
    this.#socket.retryNow();
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    this.#socket.close();
  }
}
