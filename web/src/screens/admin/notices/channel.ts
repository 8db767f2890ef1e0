/** What a channel's row says of its rules and its health. Pure. */
import type { ChannelView } from "../../../channels";
import { dayAndTime, whole } from "../../../format";
import { texts } from "../../../texts";

type Rules = Pick<ChannelView, "levels" | "kinds" | "teams" | "after_s" | "quiet_hours" | "words" | "language">;
type Health = Pick<ChannelView, "state" | "last_sent_at" | "failing_since">;

/** Which alerts take it, when, and how they are worded; what is as usual is left out. */
export function rulesOf(channel: Rules): string {
  const told = texts.admin.notices;
  const parts = [
    told.levels(channel.levels.map((level) => texts.levels[level]).join(", ")),
    channel.kinds.length > 0 && told.kinds(channel.kinds.map((kind) => texts.kind(kind)).join(", ")),
    channel.teams.length > 0 && told.teams(channel.teams.join(", ")),
    channel.after_s > 0 && told.after(whole(channel.after_s)),
    channel.quiet_hours && told.quiet(channel.quiet_hours),
    told.says(told.words(channel.words)),
    told.language(channel.language),
  ];
  return parts.filter(Boolean).join(" · ");
}

export function healthOf(channel: Health): string {
  const told = texts.admin.notices;
  if (channel.state === "fails") return told.fails(dayAndTime(channel.failing_since ?? ""));
  return channel.last_sent_at === null ? told.unused : told.works(dayAndTime(channel.last_sent_at));
}
