import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { backoff, connect, type Connection, type LiveSocket } from "../src/socket";
import { FakeNetwork } from "./fake-socket";

let network: FakeNetwork;
let connections: Connection[];
let messages: string[];

function start(resumes = true): LiveSocket {
  return connect({
    path: "/api/calls/c/socket",
    resumes,
    onMessage: (message) => messages.push(message.type),
    onConnection: (connection) => connections.push(connection),
    surroundings: network,
  });
}

const snapshot = (seq: number, boot = "b1") => ({ type: "snapshot", version: 1, boot, state: { seq } });
const partial = (seq: number) => ({ type: "partial", call_id: "c", seq, at_ms: seq });

beforeEach(() => {
  network = new FakeNetwork();
  connections = [];
  messages = [];
});

describe("a live socket", () => {
  test("is open once the server has said which boot it is", () => {
    start();
    expect(connections).toEqual(["connecting"]);
    network.last.deliver(snapshot(3));
    expect(connections).toEqual(["connecting", "open"]);
    expect(messages).toEqual(["snapshot"]);
  });

  test("asks for everything the first time", () => {
    start();
    expect(network.last.url).toBe("/api/calls/c/socket");
  });

  test("names the last number and the boot when it comes back", () => {
    start();
    network.last.deliver(snapshot(3));
    network.last.deliver(partial(7));
    network.last.drop();
    expect(connections.at(-1)).toBe("waiting");
    network.ring();
    expect(network.last.url).toBe("/api/calls/c/socket?after=7&boot=b1");
  });

  test("follows a new boot from its snapshot on", () => {
    start();
    network.last.deliver(snapshot(90));
    network.last.drop();
    network.ring();
    network.last.deliver(snapshot(4, "b2"));
    network.last.drop();
    network.ring();
    expect(network.last.url).toBe("/api/calls/c/socket?after=4&boot=b2");
  });

  test("does not name a number when it does not resume", () => {
    start(false);
    network.last.deliver(snapshot(3));
    network.last.drop();
    network.ring();
    expect(network.last.url).toBe("/api/calls/c/socket");
  });

  test("waits longer from try to try, and starts over once it was open", () => {
    start();
    for (let i = 0; i < 3; i++) {
      network.last.drop();
      network.ring();
    }
    expect(network.waits).toEqual([400, 800, 1600]);
    network.last.deliver(snapshot(1));
    network.last.drop();
    expect(network.waits.at(-1)).toBe(400);
  });

  test("an error message is passed on and does not count as open", () => {
    start();
    network.last.deliver({ type: "error", code: "unknown_call", message: "There is no such call." });
    expect(messages).toEqual(["error"]);
    expect(connections).toEqual(["connecting"]);
  });

  test("a message of a socket that was replaced is ignored", () => {
    const socket = start();
    const [old] = network.sockets;
    socket.retryNow();
    old?.deliver(snapshot(5));
    expect(messages).toEqual([]);
    expect(network.sockets).toHaveLength(2);
  });

  test("trying again at once cancels the waiting try", () => {
    const socket = start();
    network.last.drop();
    socket.retryNow();
    network.ring();
    expect(network.sockets).toHaveLength(2);
  });

  test("stays closed once it is closed", () => {
    const socket = start();
    socket.close();
    network.ring();
    expect(network.sockets).toHaveLength(1);
    expect(network.last.closed).toBe(true);
    expect(connections.at(-1)).toBe("closed");
  });
});

test("the wait is never zero and never above eight seconds", () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.double({ min: 0, max: 1, noNaN: true }), (tries, random) => {
      const wait = backoff(tries, random);
      expect(wait).toBeGreaterThanOrEqual(200);
      expect(wait).toBeLessThanOrEqual(8_000);
    }),
  );
});
