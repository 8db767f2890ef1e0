/** What the server says of itself, asked once for all pages. */
import { getStatus } from "../api";
import type { ServerStatus } from "../types";

class Server {
  status = $state.raw<ServerStatus | null>(null);
  asked = $state(false); // whether it has answered, or cannot be reached: pages need not wait any more

  async ask(): Promise<void> {
    this.status = await getStatus().catch(() => null); // without an answer pages say nothing of engines
    this.asked = true;
  }
}

export const server = new Server();
