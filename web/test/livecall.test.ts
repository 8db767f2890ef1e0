/** A call's screen that is opened before the call, or whose call goes on as another one. */
import { WIRE_VERSION } from "../src/live/protocol.gen";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LiveCall } from "../src/live/call.svelte";
import { replay } from "../src/live/store";
import { homeOf, tabsOf } from "../src/roles";
import { started } from "./build";
import { FakeSocket } from "./fake-socket";

const sockets: FakeSocket[] = [];
const last = () => sockets.at(-1) as FakeSocket;
const snapshot = { type: "snapshot", version: WIRE_VERSION, boot: "b1", state: replay([started]) };

beforeEach(() => {
  sockets.length = 0;
  vi.useFakeTimers();
  vi.stubGlobal("location", { href: "http://localhost/agent?call=c" });
  vi.stubGlobal("addEventListener", () => {});
  vi.stubGlobal("removeEventListener", () => {});
  vi.stubGlobal("WebSocket", class extends FakeSocket {
    constructor(url: URL) {
      super(String(url));
      sockets.push(this);
    }
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("a call that is not there yet is waited for on one connection, and joined when it begins", () => {
  const live = new LiveCall("c");
  expect(last().url).toContain("/api/calls/c/socket?wait=true");
  last().deliver({ type: "awaited", version: WIRE_VERSION, boot: "b1", call_id: "c" });
  expect([live.isAwaited, live.connection, live.state]).toEqual([true, "open", null]);
  last().deliver(snapshot);
  expect([live.isAwaited, live.wasLive, live.state?.call_id, sockets.length]).toEqual([false, true, "c", 1]);
  live.close();
});

test("whoever waits at a server that is started again waits on", () => {
  const live = new LiveCall("c");
  last().deliver({ type: "awaited", version: WIRE_VERSION, boot: "b1", call_id: "c" });
  last().drop();
  vi.advanceTimersByTime(400);
  expect(last().url).toMatch(/socket\?wait=true$/);
  last().deliver(snapshot);
  expect(live.state?.call_id).toBe("c");
  live.close();
});

test("a call that did not come is told, and can be waited for again", () => {
  const live = new LiveCall("c");
  last().deliver({ type: "awaited", version: WIRE_VERSION, boot: "b1", call_id: "c" });
  last().deliver({ type: "error", code: "unknown_call", message: "there is no call 'c'" });
  last().drop(4004);
  expect([live.isUnknown, sockets.length]).toEqual([true, 1]);
  live.waitAgain();
  last().deliver({ type: "awaited", version: WIRE_VERSION, boot: "b1", call_id: "c" });
  expect([live.isUnknown, live.isAwaited, sockets.length]).toEqual([false, true, 2]);
  live.close();
});

test("a call that broke off says where it goes on", () => {
  const live = new LiveCall("c");
  last().deliver(snapshot);
  last().deliver({ type: "continued", call_id: "c~2" });
  expect([live.continuedIn, live.state?.call_id]).toEqual(["c~2", "c"]);
  live.close();
});

test("a role has its own pages and one home; without one there are all pages", () => {
  expect([tabsOf("agent"), homeOf("agent"), homeOf("author")]).toEqual([["agent", "review"], "/agent", "/playbook"]);
  expect([tabsOf(null).length, tabsOf("all").length, homeOf(null), homeOf("all")]).toEqual([4, 4, null, null]);
});
