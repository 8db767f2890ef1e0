/**
 * A websocket that stays: connects, reconnects with backoff and jitter, and resumes by number.
 *
 * Knows the envelope only: which boot answered and which `seq` came last. Never keeps calls; every message
 * but pings and invitations to come back goes to `onMessage`. A message that cannot be handled costs the screen
 * nothing but a reconnection with a fresh snapshot; a server that speaks another version of the contract was
 * upgraded, and the page loads itself anew. Next: `live/` applies messages to the store.
 */
import type { ServerMessage } from "../types";
import { WIRE_VERSION } from "./protocol.gen";
import { session } from "./session.svelte";

export type Connection = "connecting" | "open" | "waiting" | "closed";

/** The part of the browser's WebSocket that is used here. */
export interface SocketLike {
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onopen: ((event: never) => void) | null;
  send(text: string): void;
  close(): void;
}

export interface Surroundings {
  open(url: string): SocketLike;
  later(run: () => void, delay_ms: number): () => void;
  random(): number; // 0..1
  /** Loads the page anew, once for each version of the contract; false when that was done already. */
  reload(version: number): boolean;
  /** Asks who is signed in, and leads to the door where nobody is. */
  checkSession(): void;
  /** Tells when the machine's network comes (true) and goes (false), until the result is called. */
  watchNetwork(onChange: (isOnline: boolean) => void): () => void;
}

export interface LiveSocketOptions {
  path: string;
  onMessage: (message: ServerMessage) => void;
  onConnection: (connection: Connection) => void;
  resumes?: boolean; // whether to name the last number seen when reconnecting
  greeting?: () => string; // what to say first on every new connection
  surroundings?: Surroundings;
}

const FIRST_DELAY_MS = 400; // a server restart takes a second or two: two or three tries
const LONGEST_DELAY_MS = 8_000; // a person watching a banner gives up at about ten seconds
const SILENCE_MS = 25_000; // the server sends a ping about every 10 s: two of them did not come

// The server's own close codes: voiceassist/server/sockets.py.
const SESSION_ENDED = 4001; // or its rights are others now
const UNKNOWN_CALL = 4004; // there is nothing to come back to
const TOO_SLOW = 4008; // to follow: what was missed is sent again
const INVITATION = "too_slow"; // the error sent ahead of it
const RELOADED_FOR = "voiceassist.reloaded_for"; // in this tab's session storage: a version of the contract

/** Milliseconds before the next try: doubling, capped, with half of it random so that clients spread out. */
export function backoff(tries: number, random: number): number {
  const whole = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** tries);
  return Math.round(whole / 2 + (whole / 2) * random);
}

export interface LiveSocket {
  close(): void;
  retryNow(): void;
  /** Says something on the connection that has its first answer; else nothing, for the greeting says it anew. */
  say(text: string): void;
}

export function connect(options: LiveSocketOptions): LiveSocket {
  const around = options.surroundings ?? browserSurroundings;
  let socket: SocketLike | null = null;
  let cancelRetry = () => {};
  let cancelWatch = () => {};
  let tries = 0;
  let isOpen = false;
  let boot: string | null = null;
  let after = -1;
  let closed = false;

  function dial(): void {
    options.onConnection("connecting");
    const mine = around.open(address(options.path, options.resumes ? boot : null, after));
    socket = mine;
    mine.onmessage = (event: { data: unknown }) => mine === socket && take(event.data);
    mine.onopen = () => mine === socket && options.greeting && mine.send(options.greeting());
    mine.onclose = (event: { code: number }) => mine === socket && lost(event.code);
    watch();
  }

  function take(data: unknown): void {
    watch();
    try {
      receive(parse(data));
    } catch (error) {
      console.error("a message of the server could not be handled; asking for everything anew", error);
      boot = null; // no resuming: what the screen holds may be wrong
      giveUp();
    }
  }

  function receive(message: ServerMessage): void {
    if (message.type === "ping") return;
    if (message.type === "error" && message.code === INVITATION) return;
    if ("version" in message && message.version !== WIRE_VERSION && around.reload(message.version)) return close();
    options.onMessage(message);
    if (message.type !== "error") handled(message);
  }

  function handled(message: Exclude<ServerMessage, { type: "error" | "ping" }>): void {
    if ("boot" in message) {
      boot = message.boot;
      tries = 0;
      isOpen = true;
      options.onConnection("open");
    }
    if (message.type === "snapshot") after = message.state.seq;
    if ("seq" in message) after = Math.max(after, message.seq);
  }

  /** A connection can be gone without a word: then nothing arrives at all, not even a ping. */
  function watch(): void {
    cancelWatch();
    cancelWatch = around.later(giveUp, SILENCE_MS);
  }

  function giveUp(): void {
    hangUp();
    retryLater();
  }

  function lost(code: number): void {
    const comesBack = isOpen && code === TOO_SLOW; // once: a server that only sends us away must not be stormed
    if (code === SESSION_ENDED || !isOpen) around.checkSession(); // a refused handshake tells no reason
    hangUp();
    if (code === UNKNOWN_CALL) close();
    else if (comesBack) dial();
    else retryLater();
  }

  function retryLater(): void {
    options.onConnection("waiting");
    cancelRetry = around.later(dial, backoff(tries, around.random()));
    tries += 1;
  }

  function retryNow(): void {
    if (closed) return;
    cancelRetry();
    hangUp();
    dial();
  }

  function networkChanged(isOnline: boolean): void {
    if (isOnline && !isOpen) retryNow();
    if (!isOnline && isOpen) giveUp(); // a server on this machine answers the next try
  }

  function hangUp(): void {
    const old = socket;
    socket = null;
    isOpen = false;
    cancelWatch();
    old?.close();
  }

  function close(): void {
    closed = true;
    cancelRetry();
    unwatchNetwork();
    hangUp();
    options.onConnection("closed");
  }

  const unwatchNetwork = around.watchNetwork(networkChanged);
  dial();
  const say = (text: string) => isOpen && socket?.send(text);
  return { close, retryNow, say };
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
  reload: (version) => {
    if (sessionStorage.getItem(RELOADED_FOR) === String(version)) return false; // it came back as old as it was
    sessionStorage.setItem(RELOADED_FOR, String(version));
    location.reload();
    return true;
  },
  checkSession: () => void session.check(),
  watchNetwork: (onChange) => {
    const [online, offline] = [() => onChange(true), () => onChange(false)];
    addEventListener("online", online);
    addEventListener("offline", offline);
    return () => {
      removeEventListener("online", online);
      removeEventListener("offline", offline);
    };
  },
};
