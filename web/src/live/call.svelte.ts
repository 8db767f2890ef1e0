/** One live call for a screen: its state, kept current by a socket. Next: the agent and supervisor screens draw it. */
import { socketPath } from "../api";
import { connect, type Connection, type LiveSocket } from "./socket";
import { apply } from "./store";
import { texts } from "../texts";
import type { CallState, ServerMessage } from "../types";

export class LiveCall {
  state = $state.raw<CallState | null>(null);
  connection = $state<Connection>("connecting");
  problem = $state<string | null>(null); // what the server said instead of the call
  isAwaited = $state(false); // there is no such call yet: the server tells when it begins
  isUnknown = $state(false); // there is no such call, and the socket does not ask again
  continuedIn = $state<string | null>(null); // it broke off, and goes on as this call
  wasLive = $state(false); // whether it was seen going on, and not only read afterwards
  readonly callId: string;
  #socket: LiveSocket;

  constructor(callId: string) {
    this.callId = callId;
    this.#socket = this.#connected();
  }

  #connected(): LiveSocket {
    return connect({
      path: socketPath(this.callId),
      resumes: true,
      onMessage: (message) => this.#receive(message),
      onConnection: (connection) => (this.connection = connection),
    });
  }

  #receive(message: ServerMessage): void {
    if (message.type === "error") {
      this.problem = texts.errors.said(message.code);
      this.isUnknown = ["unknown_call", "too_many_awaiting"].includes(message.code);
    } else if (message.type === "awaited") {
      this.isAwaited = true;
    } else if (message.type === "continued") {
      this.continuedIn = message.call_id;
    } else if (message.type === "snapshot") {
      this.state = message.state;
      [this.problem, this.isAwaited] = [null, false];
    } else if ("seq" in message && this.state) {
      this.state = apply(this.state, message);
    }
    this.wasLive ||= this.state?.status === "live";
  }

  /** For a call that did not come in time. */
  waitAgain(): void {
    this.#socket.close();
    [this.isUnknown, this.isAwaited, this.problem] = [false, false, null];
    this.#socket = this.#connected();
  }

  retryNow(): void {
    this.#socket.retryNow();
  }

  close(): void {
    this.#socket.close();
  }
}
