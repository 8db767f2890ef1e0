/**
 * Live calls for a screen, kept current by the wall socket: one agent's as records, or the rows that a wall shows.
 *
 * A wall says what it shows, and again when that changes (at most every `SHOW_EVERY_MS`); the server sends no more
 * than that. What comes is applied to plain rows at once and shown once per frame.
 * Next: `wallview.ts` sorts and filters the rows.
 */
import { getOlderRows, rowsSocketPath, wallSocketPath } from "../api";
import { setServerClock } from "./clock.svelte";
import { connect, type Connection, type LiveSocket } from "./socket";
import { texts } from "../texts";
import type { ChangedRows, ServerMessage, ShowWall, WallPage, WallRow, WallTotals } from "../types";
import { WallRows } from "./wallrows";

export type Shown = Required<Pick<ShowWall, "filter" | "words_of">>;

const SHOW_EVERY_MS = 150; // while somebody scrolls

export class LiveWall {
  rows = $state.raw<readonly WallRow[]>([]);
  unfetched = $state(0); // finished calls with unresolved alerts that are not among the rows
  follow_up_days = $state(0); // older calls are not followed up here; 0: all are
  loaded = $state(false);
  connection = $state<Connection>("connecting");
  problem = $state<string | null>(null);
  totals = $state.raw<WallTotals | null>(null); // of all that one may see, while there is a filter
  #shown: Shown | null; // null: all of it, as records
  #toldShown = ""; // as the server knows it
  #teller: ReturnType<typeof setTimeout> | undefined; // rings when a change may be told
  #arriving: WallRow[] | null = null; // of a snapshot that has not come to its end
  readonly #rows = new WallRows();
  readonly #socket: LiveSocket;
  #older = 0; // finished calls with unresolved alerts that the server's wall does not have
  #uncounted = 0; // of those, none that a page has: they aged out since the server counted
  #isBehind = false; // whether one came to these that is not here, since the last page was asked for
  #wantsOlder = false; // whether they are to be here as well
  #fetching: Promise<void> | null = null;
  #frame = 0;
  #sweeper: ReturnType<typeof setTimeout> | undefined; // rings when the next resolved row leaves

  /** `agent`: the calls of that one, as records; `shown`: the rows that a wall shows. */
  constructor(agent: string | null, shown: Shown | null = null) {
    this.#shown = shown;
    this.#socket = connect({
      path: shown ? rowsSocketPath : wallSocketPath(agent),
      ...(shown ? { greeting: () => this.#said() } : {}),
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
      if (message.sent_at) setServerClock(message.sent_at);
      this.#begin(message.rows, message.more);
    }
    if (message.type === "wall_rows") this.#take(message);
    if (message.type === "wall_words") this.#rows.hear(message.calls);
    if (message.type === "wall_totals") this.totals = message;
    if (message.type === "wall_row_added") this.#rows.add(message.row);
    if (message.type === "wall_older") this.#leave(message.left, message.older);
    if ("older" in message) this.#older = message.older;
    if ("seq" in message) this.#rows.change(message, Date.now());
    this.#changed();
  }

  /** Shows these rows from now on, with the words of these calls. */
  show(shown: Shown): void {
    this.#shown = shown;
    this.#teller ??= setTimeout(() => this.#tell(), SHOW_EVERY_MS);
  }

  #tell(): void {
    this.#teller = undefined;
    const before = this.#toldShown;
    const text = this.#said();
    if (text !== before) this.#socket.say(text);
  }

  #said(): string {
    return (this.#toldShown = JSON.stringify({ type: "show_wall", ...this.#shown }));
  }

  /** A snapshot in pieces replaces what is shown when its last piece has come. */
  #begin(rows: readonly WallRow[], more: boolean): void {
    this.#arriving = more ? [...rows] : null;
    if (!more) this.#replace(rows);
  }

  #take(changed: ChangedRows): void {
    if (this.#arriving === null) return this.#rows.put(changed, this.#wantsOlder);
    this.#arriving.push(...changed.rows);
    if (!changed.more) this.#begin(this.#arriving, false);
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
    clearTimeout(this.#teller);
    cancelAnimationFrame(this.#frame);
    this.#socket.close();
  }
}
