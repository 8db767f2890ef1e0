/** What an admin says of a key, and how long keys hold. Pure. */
import type { KeyScope, KeyView, NewKey } from "../../access";

export const KEY_SCOPES: readonly KeyScope[] = ["ingest", "read:calls", "events", "playbooks"];
export const KEY_DAYS = [30, 90, 365, null] as const; // null: it never expires

export interface KeyDraft {
  name: string;
  scopes: KeyScope[];
  days: (typeof KEY_DAYS)[number];
}

const DAY_MS = 24 * 3600 * 1000;

export const newKeyOf = ({ name, scopes, days }: KeyDraft, now: number): NewKey => ({
  name: name.trim(),
  scopes: KEY_SCOPES.filter((scope) => scopes.includes(scope)),
  expires_at: days === null ? null : new Date(now + days * DAY_MS).toISOString(),
});

export type KeyState = "holds" | "expired" | "revoked";

export function stateOf({ revoked_at, expires_at }: KeyView, now: number): KeyState {
  if (revoked_at) return "revoked";
  return expires_at && Date.parse(expires_at) <= now ? "expired" : "holds";
}
