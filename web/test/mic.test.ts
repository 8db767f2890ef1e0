import { afterEach, describe, expect, test, vi } from "vitest";
import { ApiError } from "../src/api";
import { MicCall, type MicSurroundings } from "../src/live/mic.svelte";
import { loudness } from "../src/live/meter";
import { hangUp } from "../src/live/rtc";
import type { Voice } from "../src/live/whip";
import { texts } from "../src/texts";

/** A promise that the test settles. */
function awaited<T>() {
  let give = (_value: T) => {};
  let fail = (_error: unknown) => {};
  const promise = new Promise<T>((resolve, reject) => ([give, fail] = [resolve, reject]));
  return { promise, give: (value: T) => give(value), fail: (error: unknown) => fail(error) };
}

class FakeBrowser implements MicSurroundings {
  track = { on: true, stop: () => (this.track.on = false) };
  isMetered = false;
  goodbyes = 0;
  goodbye: () => Promise<void> = async () => {};
  lose = () => {};
  voice: Voice | null = null;
  readonly allowed = awaited<void>();
  readonly answered = awaited<void>();

  async microphone(): Promise<MediaStream> {
    await this.allowed.promise;
    return { getTracks: () => [this.track] } as unknown as MediaStream;
  }

  meter = () => {
    this.isMetered = true;
    return () => void (this.isMetered = false);
  };

  publish: MicSurroundings["publish"] = async (_stream, _callId, voice, onLost) => {
    this.voice = voice;
    this.lose = onLost;
    await this.answered.promise;
    return { stop: () => (this.goodbyes++, this.goodbye()) };
  };

  get isOff(): boolean {
    return !this.track.on && !this.isMetered;
  }
}

function starting() {
  const browser = new FakeBrowser();
  const mic = new MicCall(browser);
  return { browser, mic, callId: mic.start("agent") };
}

async function live() {
  const { browser, mic, callId } = starting();
  browser.allowed.give();
  browser.answered.give();
  expect(await callId).toMatch(/^mic-/);
  expect(mic.phase).toBe("live");
  return { browser, mic };
}

describe("a call through the microphone", () => {
  test("says goodbye and lets the microphone go", async () => {
    const { browser, mic } = await live();
    await mic.stop();
    await mic.stop();
    expect([browser.goodbyes, browser.isOff, mic.phase, mic.problem]).toEqual([1, true, "idle", null]);
  });

  test("says whose voice it is, and in which language", async () => {
    const browser = new FakeBrowser();
    browser.allowed.give();
    browser.answered.give();
    await new MicCall(browser).start("customer", "es");
    expect(browser.voice).toEqual({ leg: "customer", language: "es" });
  });

  test("that a dead server cannot be told about is over, and says that the connection was lost", async () => {
    const { browser, mic } = await live();
    browser.goodbye = () => Promise.reject(new TypeError("Failed to fetch"));
    await mic.stop();
    expect([browser.isOff, mic.phase, mic.problem]).toEqual([true, "failed", texts.start.micLost]);
  });

  test("whose connection breaks is over, says so, and needs no server for it", async () => {
    const { browser, mic } = await live();
    browser.goodbye = () => Promise.reject(new TypeError("Failed to fetch"));
    browser.lose();
    expect([browser.isOff, mic.phase, mic.problem]).toEqual([true, "failed", texts.start.micLost]);
  });

  test("that is left before the microphone was allowed never has one", async () => {
    const { browser, mic, callId } = starting();
    await mic.stop();
    browser.allowed.give();
    expect(await callId).toBeNull();
    expect([browser.isOff, browser.goodbyes, mic.phase]).toEqual([true, 0, "idle"]);
  });

  test("that is left before the server answered is ended as soon as it does", async () => {
    const { browser, mic, callId } = starting();
    browser.allowed.give();
    await vi.waitUntil(() => browser.isMetered);
    await mic.stop();
    expect(browser.isOff).toBe(true);
    browser.answered.give();
    expect(await callId).toBeNull();
    expect([browser.isOff, browser.goodbyes, mic.phase, mic.problem]).toEqual([true, 1, "idle", null]);
  });

  test("where one may not speak says who may", async () => {
    const { browser, mic, callId } = starting();
    browser.allowed.give();
    browser.answered.fail(new ApiError("http_401", 401, "sign in first"));
    expect(await callId).toBeNull();
    expect([browser.isOff, mic.phase, mic.problem]).toEqual([true, "failed", texts.start.micNotAllowed]);
  });

  test("that the person does not allow says where to allow it", async () => {
    const { browser, mic, callId } = starting();
    browser.allowed.fail(new DOMException("no", "NotAllowedError"));
    expect(await callId).toBeNull();
    expect(mic.problem).toBe(texts.start.micDenied);
  });
});

describe("hanging up", () => {
  afterEach(() => vi.unstubAllGlobals());

  test("outlives the page and closes the connection after the goodbye", async () => {
    const asked: unknown[] = [];
    vi.stubGlobal("fetch", async (path: string, { method, keepalive }: RequestInit) => asked.push([path, method, keepalive]));
    await hangUp({ close: () => asked.push("closed") }, "/whip/1");
    expect(asked).toEqual([["/whip/1", "DELETE", true], "closed"]);
  });

  test("closes the connection even when nobody hears the goodbye", async () => {
    let isClosed = false;
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    await expect(hangUp({ close: () => (isClosed = true) }, "/whip/1")).rejects.toThrow("Failed to fetch");
    expect(isClosed).toBe(true);
  });
});

test("the meter shows nothing for silence and all of it for full scale", () => {
  expect([loudness(new Float32Array(8)), loudness(new Float32Array(8).fill(1))]).toEqual([0, 1]);
});
