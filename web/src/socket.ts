/**
 * A websocket that stays: connects, reconnects with backoff and jitter, and resumes by number.
 *
 * Knows the envelope only: which boot answered and which `seq` came last. Never keeps calls; every message
 * goes to `onMessage`. Next: `live/` applies messages to the store.
 */
import type { ServerMessage } from "./types";

export type Connection = "connecting" | "open" | "waiting" | "closed";

/** The part of the browser's WebSocket that is used here. */
export interface SocketLike {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  close(): void;
}

export interface Surroundings {
  open(url: string): SocketLike;
  later(run: () => void, delay_ms: number): () => void;
  random(): number; // 0..1
}

export interface LiveSocketOptions {
  path: string;
  onMessage: (message: ServerMessage) => void;
  onConnection: (connection: Connection) => void;
  resumes?: boolean; // whether to name the last number seen when reconnecting
  surroundings?: Surroundings;
}

const FIRST_DELAY_MS = 400; // a server restart takes a second or two: two or three tries
const LONGEST_DELAY_MS = 8_000; // a person watching a banner gives up at about ten seconds

/** Milliseconds before the next try: doubling, capped, with half of it random so that clients spread out. */
export function backoff(tries: number, random: number): number {
  const whole = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** tries);
  return Math.round(whole / 2 + (whole / 2) * random);
}

export interface LiveSocket {
  close(): void;
  retryNow(): void;
}

export function connect(options: LiveSocketOptions): LiveSocket {
  const around = options.surroundings ?? browserSurroundings;
  let socket: SocketLike | null = null;
  let cancelRetry = () => {};
  let tries = 0;
  let boot: string | null = null;
  let after = -1;
  let closed = false;

  function dial(): void {
    options.onConnection("connecting");
    const mine = around.open(address(options.path, options.resumes ? boot : null, after));
    socket = mine;
    mine.onmessage = (event: { data: unknown }) => mine === socket && receive(event.data);
    mine.onclose = () => mine === socket && retryLater();
  }

  function receive(data: unknown): void {
    const message = parse(data);
    if (message.type !== "error") heard(message);
    options.onMessage(message);
  }

  function heard(message: Exclude<ServerMessage, { type: "error" }>): void {
    if ("boot" in message) {
      boot = message.boot;
      tries = 0;
      options.onConnection("open");
    }
    if (message.type === "snapshot") after = message.state.seq;
    if ("seq" in message) after = Math.max(after, message.seq);
  }

  function retryLater(): void {
    if (closed) return;
    options.onConnection("waiting");
    cancelRetry = around.later(dial, backoff(tries, around.random()));
    tries += 1;
  }

  function retryNow(): void {
    if (closed || socket === null) return;
    cancelRetry();
    hangUp();
    dial();
  }

  function hangUp(): void {
    const old = socket;
    socket = null;
    old?.close();
  }

  function close(): void {
    closed = true;
    cancelRetry();
    hangUp();
    options.onConnection("closed");
  }

  dial();
  return { close, retryNow };
}

function address(path: string, boot: string | null, after: number): string {
  if (boot === null || after < 0) return path;
  const query = new URLSearchParams({ after: String(after), boot });
  return `${path}${path.includes("?") ? "&" : "?"}${query}`;
}

function parse(data: unknown): ServerMessage {
  const message: unknown = JSON.parse(String(data));
  if (typeof message !== "object" || message === null || !("type" in message)) {
    throw new Error("the server sent a message without a type");
  }
  return message as ServerMessage;
}

const browserSurroundings: Surroundings = {
  open: (path) => new WebSocket(new URL(path, location.href.replace(/^http/, "ws"))),
  later: (run, delay_ms) => {
    const timer = setTimeout(run, delay_ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};
