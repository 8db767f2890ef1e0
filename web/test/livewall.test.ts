/** The wall on a screen: the rows that the server's wall has, and older ones in pages. */
import { WIRE_VERSION } from "../src/live/protocol.gen";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LiveWall } from "../src/live/wall.svelte";
import type { WallRow } from "../src/types";
import { alert, row } from "./build";
import { FakeSocket } from "./fake-socket";

const sockets: FakeSocket[] = [];
const pages: ((rows: readonly WallRow[]) => void)[] = []; // that were asked for
const left = (call_id: string) => row(call_id, { status: "ended", alerts: [alert("a1", "critical", 0)], worst: "critical" });

beforeEach(() => {
  sockets.length = pages.length = 0;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => setTimeout(run, 16));
  vi.stubGlobal("cancelAnimationFrame", clearTimeout);
  vi.stubGlobal("location", { href: "http://localhost/supervisor" });
  vi.stubGlobal("addEventListener", () => {});
  vi.stubGlobal("removeEventListener", () => {});
  vi.stubGlobal("fetch", () => new Promise((answer) => pages.push((rows) => answer(Response.json({ rows, next: null })))));
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

function opened(older: number): [LiveWall, FakeSocket] {
  const wall = new LiveWall(null);
  const socket = sockets.at(-1) as FakeSocket;
  socket.deliver({ type: "wall_snapshot", version: WIRE_VERSION, boot: "b1", rows: [left("new")], older, follow_up_days: 0 });
  return [wall, socket];
}

async function counted(wall: LiveWall): Promise<[number, number]> {
  await new Promise(setImmediate);
  vi.advanceTimersByTime(50);
  return [wall.rows.length, wall.unfetched];
}

test("calls that come to the older ones while these are fetched are fetched, too", async () => {
  const [wall, socket] = opened(1);
  void wall.fetchOlder();
  pages[0]?.([left("old")]);
  socket.deliver({ type: "wall_older", version: WIRE_VERSION, older: 2, left: ["reopened"] }); // the page was made before
  await counted(wall);
  expect(pages).toHaveLength(2);
  pages[1]?.([left("old"), left("reopened")]);
  expect(await counted(wall)).toEqual([3, 0]);
  wall.close();
});

test("calls that aged out since the server counted are not waited for", async () => {
  const [wall] = opened(2);
  expect(await counted(wall)).toEqual([1, 2]);
  void wall.fetchOlder();
  pages[0]?.([left("old")]);
  expect(await counted(wall)).toEqual([2, 0]);
  expect(pages).toHaveLength(1);
  wall.close();
});

test("a call that a newer one pushes out stays, and nothing is fetched for it", async () => {
  const [wall, socket] = opened(1);
  void wall.fetchOlder();
  socket.deliver({ type: "wall_row_added", version: WIRE_VERSION, row: left("newer") });
  socket.deliver({ type: "wall_older", version: WIRE_VERSION, older: 2, left: ["new"] });
  pages[0]?.([left("old")]);
  expect(await counted(wall)).toEqual([3, 0]);
  expect(pages).toHaveLength(1);
  wall.close();
});
