/** A network in memory: sockets that the test opens, feeds and drops, and time that the test moves. */
import type { SocketLike, Surroundings } from "../src/live/socket";

export class FakeSocket implements SocketLike {
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  onopen: SocketLike["onopen"] = null;
  closed = false;
  readonly sent: unknown[] = [];

  constructor(readonly url: string) {}

  deliver(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) } as never);
  }

  open(): void {
    this.onopen?.({} as never);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  /** The other side closes; 1006: the connection is simply gone. */
  drop(code = 1006): void {
    this.onclose?.({ code } as never);
  }

  close(): void {
    this.closed = true;
    this.drop(); // browsers report their own closing as well
  }
}

export class FakeNetwork implements Surroundings {
  readonly sockets: FakeSocket[] = [];
  readonly reloads: number[] = [];
  checks = 0; // how often it was asked who is signed in
  now_ms = 0;
  #timers: { run: () => void; at_ms: number }[] = [];
  readonly #watchers = new Set<(isOnline: boolean) => void>();

  get last(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("nothing was opened");
    return socket;
  }

  get isWatched(): boolean {
    return this.#watchers.size > 0;
  }

  open(url: string): FakeSocket {
    this.sockets.push(new FakeSocket(url));
    return this.last;
  }

  later(run: () => void, delay_ms: number): () => void {
    const timer = { run, at_ms: this.now_ms + delay_ms };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  random(): number {
    return 1;
  }

  reload(version: number): boolean {
    if (this.reloads.at(-1) === version) return false;
    this.reloads.push(version);
    return true;
  }

  checkSession(): void {
    this.checks += 1;
  }

  watchNetwork(onChange: (isOnline: boolean) => void): () => void {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  }

  turn(isOnline: boolean): void {
    for (const watcher of this.#watchers) watcher(isOnline);
  }

  /** Lets time go by; every timer rings at its moment. */
  pass(ms: number): void {
    const end_ms = this.now_ms + ms;
    for (let due = this.#next(end_ms); due; due = this.#next(end_ms)) {
      this.now_ms = due.at_ms;
      this.#timers = this.#timers.filter((other) => other !== due);
      due.run();
    }
    this.now_ms = end_ms;
  }

  #next(end_ms: number) {
    const due = this.#timers.filter((timer) => timer.at_ms <= end_ms);
    return due.sort((a, b) => a.at_ms - b.at_ms)[0];
  }
}
