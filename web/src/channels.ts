/** The REST calls about the channels by which alerts leave the machine. Failures as in `api.ts`. */
import { getJson, send } from "./api";
import type { ChannelView, DeadLetterView, LettersDone, NoticesView, Tested } from "./rest.gen";

export type { ChannelView, DeadLetterView, NoticesView, Tested };
export type LetterDeed = "retry" | "discard" | "take-back";

export const getNotices = () => getJson<NoticesView>("/api/notices");

/** Answers within some seconds, whatever the receiver does. */
export async function testChannel(name: string): Promise<Tested> {
  return (await (await send(`/api/notices/channels/${encodeURIComponent(name)}/test`, { method: "POST" })).json()) as Tested;
}

/** For how many of them it was done: one that is gone already does not count. */
export async function doWithLetters(deed: LetterDeed, ids: readonly string[]): Promise<number> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ ids }) };
  return ((await (await send(`/api/notices/dead/${deed}`, init)).json()) as LettersDone).count;
}
