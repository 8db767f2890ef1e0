/** Who is in a call by telephone now, and what a supervisor's own visit has come to. Pure. */
import type { CallState, PhoneActed, PhoneDeed } from "../types";

type Phone = Pick<CallState, "status" | "phone">;

/** The newest of every visit of a live call that rings or is on. */
export function openVisits({ status, phone }: Phone): PhoneActed[] {
  if (status !== "live") return [];
  const newest = new Map(phone.filter(({ visit }) => visit !== "").map((event) => [event.visit, event]));
  return [...newest.values()].filter(({ outcome }) => outcome === "ringing" || outcome === "on");
}

/** Who speaks in the call at this moment. */
export const speaking = (call: Phone): PhoneActed[] => openVisits(call).filter(({ outcome }) => outcome === "on");

/** How a visit ended that failed; null while it has not. */
export const failureOf = ({ phone }: Phone, visit: string): PhoneActed | null => phone.findLast((event) => event.visit === visit && event.outcome === "failed") ?? null;

export const VISITS: readonly PhoneDeed[] = ["whisper", "barge"];
