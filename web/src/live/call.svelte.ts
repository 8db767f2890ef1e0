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
  isUnknown = $state(false); // there is no such call, and the socket does not ask again
  readonly callId: string;
  readonly #socket: LiveSocket;

  constructor(callId: string) {
    this.callId = callId;
    this.#socket = connect({
      path: socketPath(callId),
      resumes: true,
      onMessage: (message) => this.#receive(message),
      onConnection: (connection) => (this.connection = connection),
    });
  }

  #receive(message: ServerMessage): void {
    if (message.type === "error") {
      this.problem = texts.errors.server(message.code, message.message);
      this.isUnknown = message.code === "unknown_call";
    } else if (message.type === "snapshot") {
      this.state = message.state;
      this.problem = null;
    } else if ("seq" in message && this.state) {
      this.state = apply(this.state, message);
    }
  }

  retryNow(): void {
    this.#socket.retryNow();
  }

  close(): void {
    this.#socket.close();
  }
}
