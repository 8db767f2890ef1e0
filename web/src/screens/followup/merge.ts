/** A list that is shown, and the beginning of the same list as the server has it now. Pure. */
import type { FollowUpItem } from "../../types";

export const keyOf = ({ call_id, view }: FollowUpItem) => `${call_id}/${view.incident}`;

/** When its first cue came, in milliseconds since 1970: the order of the list. */
export const cameAt = (item: FollowUpItem) => Date.parse(item.started_at) + (item.view.happened[0] ?? item.view.alert).at_ms;

/** What is shown as it is now, without what is left no more; and what has come and is not shown, because it would move
 * all that somebody reads. `head`: the first page; `isAll`: there is no other. */
export function merged(shown: readonly FollowUpItem[], head: readonly FollowUpItem[], isAll: boolean): { items: FollowUpItem[]; fresh: number } {
  const now = new Map(head.map((item) => [keyOf(item), item]));
  const last = head.at(-1);
  const isBeyond = (item: FollowUpItem) => !isAll && last !== undefined && cameAt(item) <= cameAt(last);
  const known = new Set(shown.map(keyOf));
  const items = shown.flatMap((item) => now.get(keyOf(item)) ?? (isBeyond(item) ? item : []));
  return { items, fresh: head.filter((item) => !known.has(keyOf(item))).length };
}
