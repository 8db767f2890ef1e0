import { describe, expect, test } from "vitest";
import { healthOf, rulesOf } from "../src/screens/admin/notices/channel";

const rules = { levels: ["critical" as const], kinds: [], teams: [], after_s: 0, quiet_hours: "", words: "reason" as const, language: "en" };
const health = { state: "unused" as const, last_sent_at: null, failing_since: null };

describe("a channel", () => {
  test("says which alerts take it, and leaves out what is as usual", () => {
    expect(rulesOf(rules)).toBe("Levels: Critical · says the reason · in English");
    const all = { ...rules, kinds: ["threat", "our_own"], teams: ["returns"], after_s: 120, quiet_hours: "22:00-07:00", words: "quote" as const, language: "es" };
    expect(rulesOf(all)).toBe(
      "Levels: Critical · kinds: Threat, our_own · teams: returns · only after 120 s without anybody · quiet 22:00-07:00 · says the reason and what was said · in Spanish",
    );
  });

  test("says how it does", () => {
    expect(healthOf(health)).toBe("Nothing sent since the start");
    expect(healthOf({ ...health, state: "works", last_sent_at: "2026-11-29T12:00:00Z" })).toMatch(/^Works; last sent /);
    expect(healthOf({ ...health, state: "fails", failing_since: "2026-11-29T12:00:00Z" })).toMatch(/^Fails since .*12/);
  });
});
