import { describe, expect, test } from "vitest";
import type { KeyView } from "../src/access";
import { newKeyOf, stateOf } from "../src/screens/admin/key";

const NOW = Date.parse("2026-11-21T10:00:00Z");
const key: KeyView = { id: "k1", name: "PBX", scopes: ["ingest"], created_at: "2026-11-01T10:00:00Z", created_by: "ida", expires_at: null, last_used_at: null, revoked_at: null };

describe("a key", () => {
  test("is asked for by name, with its scopes in one order, and an end or none", () => {
    expect(newKeyOf({ name: " PBX ", scopes: ["playbooks", "ingest"], days: 30 }, NOW)).toEqual({ name: "PBX", scopes: ["ingest", "playbooks"], expires_at: "2026-12-21T10:00:00.000Z" });
    expect(newKeyOf({ name: "PBX", scopes: ["events"], days: null }, NOW).expires_at).toBeNull();
  });

  test("holds until it expires or is revoked", () => {
    expect([key, { ...key, expires_at: "2026-11-21T10:00:01Z" }, { ...key, expires_at: "2026-11-21T10:00:00Z" }, { ...key, expires_at: "2026-11-01T10:00:00Z", revoked_at: "2026-11-02T10:00:00Z" }].map((one) => stateOf(one, NOW))).toEqual(["holds", "holds", "expired", "revoked"]);
  });
});
