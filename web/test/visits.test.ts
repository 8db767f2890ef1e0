import { describe, expect, test } from "vitest";
import type { PhoneActed } from "../src/types";
import { failureOf, openVisits, speaking } from "../src/ui/visits";

function acted(visit: string, deed: PhoneActed["deed"], outcome: PhoneActed["outcome"], by = "Ana"): PhoneActed {
  return { at_ms: 0, visit, deed, outcome, by, to: "", reason: "", done_at: "" };
}

const live = (...phone: PhoneActed[]) => ({ status: "live" as const, phone });

describe("who is in a call by telephone", () => {
  test("is whoever rings or is on, as they are now", () => {
    const call = live(acted("v1", "whisper", "ringing"), acted("v1", "whisper", "on"), acted("v2", "whisper", "ringing", "Sam"), acted("v1", "barge", "on"));
    expect(openVisits(call).map(({ by, deed, outcome }) => [by, deed, outcome])).toEqual([
      ["Ana", "barge", "on"],
      ["Sam", "whisper", "ringing"],
    ]);
    expect(speaking(call).map(({ by }) => by)).toEqual(["Ana"]);
  });

  test("is nobody who left, who was not reached, or whose call is over", () => {
    const gone = live(acted("v1", "whisper", "on"), acted("v1", "whisper", "over"), acted("v2", "barge", "ringing"), acted("v2", "barge", "failed"));
    expect(openVisits(gone)).toEqual([]);
    expect(openVisits({ status: "ended", phone: [acted("v1", "whisper", "on")] })).toEqual([]);
  });

  test("is nobody who did something at once", () => {
    expect(openVisits(live(acted("", "transfer", "done"), acted("", "hang_up", "failed")))).toEqual([]);
  });

  test("a visit that failed says so", () => {
    const call = live(acted("v1", "whisper", "ringing"), { ...acted("v1", "whisper", "failed"), reason: "no_answer" });
    expect([failureOf(call, "v1")?.reason, failureOf(call, "v2")]).toEqual(["no_answer", null]);
  });
});
