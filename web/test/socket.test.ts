import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { backoff, connect, type Connection, type LiveSocket } from "../src/live/socket";
import { WIRE_VERSION } from "../src/live/protocol.gen";
import type { ServerMessage } from "../src/types";
import { FakeNetwork } from "./fake-socket";

let network: FakeNetwork;
let connections: Connection[];
let messages: string[];
let onMessage: (message: ServerMessage) => void;
const keep = (message: ServerMessage) => void messages.push(message.type);

function start(resumes = true): LiveSocket {
  return connect({
    path: "/api/calls/c/socket",
    resumes,
    onMessage: (message) => onMessage(message),
    onConnection: (connection) => connections.push(connection),
    surroundings: network,
  });
}

const snapshot = (seq: number, boot = "b1") => ({ type: "snapshot", version: WIRE_VERSION, boot, state: { seq } });
const partial = (seq: number) => ({ type: "partial", call_id: "c", seq, at_ms: seq });

function expectDialAfter(wait_ms: number): void {
  const before = network.sockets.length;
  network.pass(wait_ms - 1);
  expect(network.sockets).toHaveLength(before);
  network.pass(1);
  expect(network.sockets).toHaveLength(before + 1);
}

beforeEach(() => {
  network = new FakeNetwork();
  connections = [];
  messages = [];
  onMessage = keep;
});

describe("a live socket", () => {
  test("is open once the server has said which boot it is", () => {
    start();
    expect(connections).toEqual(["connecting"]);
    network.last.deliver(snapshot(3));
    expect(connections).toEqual(["connecting", "open"]);
    expect(messages).toEqual(["snapshot"]);
  });

  test("comes back for a fresh snapshot when a message cannot be handled", () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    start();
    network.last.deliver(snapshot(3));
    onMessage = () => {
      throw new TypeError("no such utterance");
    };
    network.last.deliver(partial(4));
    expect(connections.at(-1)).toBe("waiting");
    onMessage = keep;
    network.pass(400);
    expect(network.last.url).toBe("/api/calls/c/socket"); // no number: everything anew
    network.last.deliver(snapshot(5));
    expect(connections.at(-1)).toBe("open");
    expect(said).toHaveBeenCalledOnce();
  });

  test("waits longer and longer when even the snapshot cannot be handled", () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    onMessage = () => {
      throw new TypeError("no such field");
    };
    start();
    for (const wait_ms of [400, 800, 1600]) {
      network.last.deliver(snapshot(3));
      expectDialAfter(wait_ms);
    }
  });

  test("that is no JSON is a message that cannot be handled", () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    start();
    network.last.onmessage?.({ data: "{" } as never);
    expect(connections.at(-1)).toBe("waiting");
  });

  test("loads the page anew when the server speaks another version of the contract, and only once", () => {
    start();
    network.last.deliver({ ...snapshot(3), version: WIRE_VERSION + 1 });
    expect(network.reloads).toEqual([WIRE_VERSION + 1]);
    expect(messages).toEqual([]);
    start();
    network.last.deliver({ ...snapshot(3), version: WIRE_VERSION + 1 });
    expect(network.reloads).toEqual([WIRE_VERSION + 1]);
    expect(messages).toEqual(["snapshot"]); // better a page that tries than none
  });

  test("asks who is signed in when its session has ended, or it is not let in, but not when a connection is lost", () => {
    start();
    network.last.deliver(snapshot(3));
    network.last.drop();
    expect(network.checks).toBe(0);
    network.pass(400);
    network.last.drop(); // a handshake that was refused
    expect(network.checks).toBe(1);
    network.pass(800);
    network.last.deliver(snapshot(3));
    network.last.drop(4001);
    expect([network.checks, connections.at(-1)]).toEqual([2, "waiting"]); // with other rights it may come back
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
    network.pass(400);
    expect(network.last.url).toBe("/api/calls/c/socket?after=7&boot=b1");
  });

  test("follows a new boot from its snapshot on", () => {
    start();
    network.last.deliver(snapshot(90));
    network.last.drop();
    network.pass(400);
    network.last.deliver(snapshot(4, "b2"));
    network.last.drop();
    network.pass(400);
    expect(network.last.url).toBe("/api/calls/c/socket?after=4&boot=b2");
  });

  test("does not name a number when it does not resume", () => {
    start(false);
    network.last.deliver(snapshot(3));
    network.last.drop();
    network.pass(400);
    expect(network.last.url).toBe("/api/calls/c/socket");
  });

  test("waits longer from try to try, and starts over once it was open", () => {
    start();
    for (const wait of [400, 800, 1600]) {
      network.last.drop();
      expectDialAfter(wait);
    }
    network.last.deliver(snapshot(1));
    network.last.drop();
    expectDialAfter(400);
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
    network.pass(400);
    expect(network.sockets).toHaveLength(2);
  });

  test("stays closed once it is closed", () => {
    const socket = start();
    socket.close();
    network.pass(400);
    expect(network.sockets).toHaveLength(1);
    expect(network.last.closed).toBe(true);
    expect(connections.at(-1)).toBe("closed");
  });
});

describe("a live socket that hears nothing", () => {
  test("is lost after 25 seconds, comes back and resumes", () => {
    start();
    network.last.deliver(snapshot(3));
    const silent = network.last;
    network.pass(24_999);
    expect(silent.closed).toBe(false);
    network.pass(1);
    expect(silent.closed).toBe(true);
    expect(connections.at(-1)).toBe("waiting");
    expectDialAfter(400);
    expect(network.last.url).toBe("/api/calls/c/socket?after=3&boot=b1");
  });

  test("stays while pings come, and passes none of them on", () => {
    start();
    network.last.deliver(snapshot(3));
    for (let i = 0; i < 9; i++) {
      network.pass(20_000);
      network.last.deliver({ type: "ping" });
    }
    expect(network.sockets).toHaveLength(1);
    expect(messages).toEqual(["snapshot"]);
    expect(connections).toEqual(["connecting", "open"]);
  });

  test("does not wait for ever for a connection that never opens", () => {
    start();
    network.pass(25_000);
    expectDialAfter(400);
  });
});

describe("a live socket that the server closes", () => {
  test.each([
    ["too_slow", 4008],
  ])("with %s comes back at once, resumes, and shows no error", (code, closeCode) => {
    start();
    network.last.deliver(snapshot(3));
    network.last.deliver({ type: "error", code, message: "reconnect" });
    network.last.drop(closeCode);
    expect(network.sockets).toHaveLength(2);
    expect(network.last.url).toBe("/api/calls/c/socket?after=3&boot=b1");
    expect(messages).toEqual(["snapshot"]);
    expect(connections).toEqual(["connecting", "open", "connecting"]);
  });

  test("backs off when it is sent away again before it was open", () => {
    start();
    network.last.drop(4008);
    expect(network.sockets).toHaveLength(1);
    expectDialAfter(400);
  });

  test("for good, because there is no such call, does not ask again", () => {
    start();
    network.last.deliver({ type: "error", code: "unknown_call", message: "there is no call 'c'" });
    network.last.drop(4004);
    network.pass(3_600_000);
    expect(network.sockets).toHaveLength(1);
    expect(messages).toEqual(["error"]);
    expect(connections.at(-1)).toBe("closed");
    expect(network.isWatched).toBe(false);
  });
});

describe("a live socket whose network", () => {
  test("comes back tries at once", () => {
    start();
    network.last.drop();
    network.pass(400);
    network.last.drop();
    network.turn(true);
    expect(network.sockets).toHaveLength(3);
    network.last.deliver(snapshot(1));
    network.pass(20_000);
    expect(network.sockets).toHaveLength(3);
  });

  test("goes is lost without waiting for the silence", () => {
    start();
    network.last.deliver(snapshot(3));
    network.turn(false);
    expect(connections.at(-1)).toBe("waiting");
    expectDialAfter(400);
  });

  test("is said to be back while it is open stays as it is", () => {
    start();
    network.last.deliver(snapshot(3));
    network.turn(true);
    expect(network.sockets).toHaveLength(1);
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
