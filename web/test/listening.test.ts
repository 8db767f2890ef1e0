/** Listening in: one per page, which comes back by itself, ends with its call and says why not; and what levels draw. */
import { describe, expect, test } from "vitest";
import { ApiError } from "../src/api";
import { KEPT_STEPS, LiveLevels, STEP_MS } from "../src/live/levels.svelte";
import { Listening, type ListenSurroundings } from "../src/live/listening.svelte";
import { inStereo, type Reception } from "../src/live/whep";
import { listenersNow } from "../src/live/store";

interface Connection {
  callId: string;
  legs: string;
  live: () => void;
  lost: () => void;
  stopped: boolean;
  packets: number; // that came since one last looked
}

/** A server that takes everybody until it is told to refuse, and a clock that the test moves. */
class Around implements ListenSurroundings {
  connections: Connection[] = [];
  refusal: Error | null = null;
  playing: MediaStream | null = null;
  heard = { volume: 1, isMuted: false };
  timers: { run: () => void; delay_ms: number; isOff: boolean }[] = [];

  receive: ListenSurroundings["receive"] = (callId, legs, live, lost) => {
    if (this.refusal) return Promise.reject(this.refusal);
    const connection: Connection = { callId, legs, live, lost, stopped: false, packets: 50 };
    this.connections.push(connection);
    const look = () => Promise.resolve({ packets: connection.packets, late_ms: 80 });
    const stop = () => Promise.resolve(void (connection.stopped = true));
    return Promise.resolve({ stream: { id: String(this.connections.length) } as MediaStream, look, stop } satisfies Reception);
  };

  play = (stream: MediaStream | null) => void (this.playing = stream);
  sound = (volume: number, isMuted: boolean) => void (this.heard = { volume, isMuted });
  random = () => 0;
  later = (run: () => void, delay_ms: number) => {
    const timer = { run, delay_ms, isOff: false };
    this.timers.push(timer);
    return () => void (timer.isOff = true);
  };

  get last(): Connection {
    const last = this.connections.at(-1);
    if (!last) throw new Error("nobody connected");
    return last;
  }

  /** All timers that wait now are due. */
  async pass(): Promise<void> {
    const due = this.timers.splice(0).filter((timer) => !timer.isOff);
    for (const timer of due) timer.run();
    await settled();
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

async function started(): Promise<{ around: Around; listening: Listening }> {
  const around = new Around();
  const listening = new Listening(around);
  listening.open("c1");
  listening.toggle();
  await settled();
  around.last.live();
  return { around, listening };
}

describe("listening in", () => {
  test("connects to the opened call, says so, and ends on demand", async () => {
    const around = new Around();
    const listening = new Listening(around);
    listening.toggle();
    expect(listening.phase).toBe("off"); // no call is open
    listening.open("c1");
    listening.toggle();
    expect(listening.phase).toBe("connecting");
    await settled();
    around.last.live();
    expect([listening.phase, around.last.callId, around.last.legs]).toEqual(["live", "c1", "both"]);
    expect(around.playing).not.toBeNull();
    listening.toggle();
    expect([listening.phase, around.last.stopped, around.playing]).toEqual(["off", true, null]);
  });

  test("goes on with another choice of legs, in one connection at a time", async () => {
    const { around, listening } = await started();
    listening.choose("customer");
    await settled();
    expect(around.connections.map(({ legs, stopped }) => [legs, stopped])).toEqual([["both", true], ["customer", false]]);
  });

  test("keeps volume and mute, and a moved volume is heard", async () => {
    const { around, listening } = await started();
    listening.mute(true);
    expect(around.heard).toEqual({ volume: 1, isMuted: true });
    listening.setVolume(0.4);
    expect(around.heard).toEqual({ volume: 0.4, isMuted: false });
    listening.choose("agent");
    await settled();
    expect(around.heard).toEqual({ volume: 0.4, isMuted: false });
  });

  test("comes back by itself when the connection is lost", async () => {
    const { around, listening } = await started();
    around.last.lost();
    expect(listening.phase).toBe("reconnecting");
    await around.pass();
    around.last.live();
    expect([listening.phase, around.connections.length, around.connections[0]?.stopped]).toEqual(["live", 2, true]);
  });

  test("notices a network that died without a word", async () => {
    const { around, listening } = await started();
    await around.pass();
    expect([listening.phase, listening.late_ms]).toEqual(["live", 80]);
    around.last.packets = 0;
    for (let seconds = 0; seconds < 3; seconds += 1) await around.pass();
    expect(listening.phase).toBe("reconnecting");
  });

  test("tries again while the server cannot be reached, and not when it says no", async () => {
    const { around, listening } = await started();
    around.refusal = new TypeError("Failed to fetch");
    around.last.lost();
    await around.pass();
    expect(listening.phase).toBe("reconnecting");
    around.refusal = new ApiError("call_full", 503);
    await around.pass();
    expect(listening.phase).toBe("refused");
    expect(listening.problem).toContain("As many people listen");
  });

  test("ends with the call, whoever notices first", async () => {
    const one = await started();
    one.listening.callOver();
    expect([one.listening.phase, one.around.last.stopped]).toEqual(["ended", true]);
    const other = await started();
    other.around.refusal = new ApiError("not_live", 409);
    other.around.last.lost();
    await other.around.pass();
    expect([other.listening.phase, other.listening.problem]).toEqual(["ended", ""]);
  });

  test("ends when the call is closed, also while it still connects", async () => {
    const around = new Around();
    const listening = new Listening(around);
    listening.open("c1");
    listening.toggle();
    listening.open("c2");
    await settled();
    expect([listening.phase, around.last.stopped, around.playing]).toEqual(["off", true, null]);
  });
});

test("an offer asks for two channels, and one without Opus stays as it is", () => {
  const offer = "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n";
  expect(inStereo(offer)).toContain("a=fmtp:111 minptime=10;useinbandfec=1;stereo=1\r\n");
  expect(inStereo("v=0\r\n")).toBe("v=0\r\n");
});

test("levels keep one minute, newest last, and what a slow screen missed is missing", () => {
  const levels = new LiveLevels("c1", () => ({ close: () => {}, retryNow: () => {}, say: () => {} }));
  levels.receive({ type: "levels_opened", version: 1, boot: "b", tells_agent: false, delay_ms: 10_000 });
  expect([levels.tellsAgent, levels.delay_ms, levels.now("agent")]).toEqual([false, 10_000, 0]);
  for (let at_ms = 0; at_ms < 2 * KEPT_STEPS * STEP_MS; at_ms += 2 * STEP_MS)
    levels.receive({ type: "levels", behind_ms: 60, legs: [{ speaker: "agent", from_ms: at_ms, levels: [30, 45] }] });
  expect(levels.steps.agent.size).toBe(KEPT_STEPS + 1);
  expect([levels.now("agent"), levels.now("customer"), levels.behind_ms]).toEqual([0.75, 0, 60]);
});

test("nobody listens in to a call that is over", () => {
  const listening = [{ at_ms: 1, listeners: [{ by: "Sam", legs: "agent" as const }, { by: "Sam", legs: "customer" as const }] }];
  expect(listenersNow({ status: "live", listening })).toEqual(["Sam"]);
  expect(listenersNow({ status: "ended", listening })).toEqual([]);
});
