/** How many calls the machine carries: what the wall says of it. Pure. */
import { texts } from "../texts";
import type { CapacityState } from "../types";

/** What stands beside the number of calls. */
export function countLine({ calls, most, state }: CapacityState): string {
  const more = Math.floor(most - calls);
  return state === "nearly_full" && more > 0 ? `${texts.capacity.count(calls, most)}, ${texts.capacity.room(more)}` : texts.capacity.count(calls, most);
}

/** What stands above the wall while new calls are refused. */
export function fullLine({ refused, when_full }: CapacityState): string {
  const full = texts.capacity.full[when_full];
  return refused > 0 ? `${full} (${texts.capacity.refused(refused)})` : full;
}
