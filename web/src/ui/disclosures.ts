/** What must be said in a call, as the agent's page and the review page tell it. Pure. */
import { clock } from "../format";
import { texts } from "../texts";
import type { CallState, DisclosureChanged } from "../types";

/** What must be said, the most urgent first; what need not be said after all is left out. */
export function disclosuresOf(call: CallState): DisclosureChanged[] {
  const due = (one: DisclosureChanged) => one.due_ms ?? Infinity;
  const order = ["due", "missed", "said"];
  return call.disclosures
    .filter((one) => one.state !== "withdrawn")
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || due(a) - due(b));
}

/** What became of a disclosure, in words. `left_ms`: of its time, while the call goes on. */
export function disclosureSays(one: DisclosureChanged, left_ms: number | null): string {
  if (one.state === "said") return one.due_ms !== null && one.at_ms > one.due_ms ? texts.wrap.saidLate(clock(one.at_ms)) : texts.wrap.said(clock(one.at_ms));
  if (one.state === "missed") return one.due_ms === null ? texts.wrap.missed : texts.wrap.missedBy(clock(one.due_ms));
  if (left_ms !== null) return texts.wrap.left(clock(left_ms));
  return one.due_ms === null ? texts.wrap.byEnd : texts.wrap.notSaid;
}

/** How much of a disclosure's time is left; null: it has none, or the call is over. */
export function leftOf(call: CallState, one: DisclosureChanged, now_ms: number): number | null {
  return call.status === "live" && one.state === "due" && one.due_ms !== null ? Math.max(0, one.due_ms - now_ms) : null;
}
