/** A network in memory: sockets that the test opens, feeds and drops, and time that the test moves. */
import type { SocketLike, Surroundings } from "../src/socket";

export class FakeSocket implements SocketLike {
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  closed = false;

  constructor(readonly url: string) {}

  deliver(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) } as never);
  }

  drop(): void {
    this.onclose?.({} as never);
  }

  close(): void {
    this.closed = true;
    this.drop(); // browsers report their own closing as well
  }
}

export class FakeNetwork implements Surroundings {
  readonly sockets: FakeSocket[] = [];
  readonly waits: number[] = [];
  #timers: { run: () => void; cancelled: boolean }[] = [];

  get last(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("nothing was opened");
    return socket;
  }

  open(url: string): FakeSocket {
    this.sockets.push(new FakeSocket(url));
    return this.last;
  }

  later(run: () => void, delay_ms: number): () => void {
    const timer = { run, cancelled: false };
    this.waits.push(delay_ms);
    this.#timers.push(timer);
    return () => (timer.cancelled = true);
  }

  random(): number {
    return 1;
  }

  /** Lets every timer ring that was set before. */
  ring(): void {
    const due = this.#timers.filter((timer) => !timer.cancelled);
    this.#timers = [];
    for (const timer of due) timer.run();
  }
}
