/** English words for the page of one call: its player and what stands beside the words. */
import { whole } from "../format";
import type { Side } from "../live/playerchoices";
import type { Lane, SpanKind } from "../screens/review/lanes";
import type { By } from "../types";
import { counting } from "./forms";

const counted = counting("en");
const lanes: By<Lane> = { cue: "Cues", card: "Cards", alert: "Alerts", coaching: "Messages", speech: "Speech", line: "Line" };
const spans: By<SpanKind> = { silence: "Silence", overlap: "Both speak", raised: "Much louder", waiting: "Waits: music or tones", held: "On hold", lost: "Line lost", paused: "Recording paused" };
const sides: By<Side> = { both: "Both sides", agent: "Agent only", customer: "Customer only" };

export const callPage = {
  beside: "About this call",
  transcript: "Transcript",
  tabs: { moments: "Moments" },
  lanes,
  spans,
  lasts: (seconds: number) => `${whole(seconds)} s`,
  sortsLabel: "Which moments",
  noMoments: "Nothing was noticed in this call.",
  noneOfSort: "None of these in this call.",
  follow: "Follow the recording",
  back: "Back 10 seconds",
  on: "On 10 seconds",
  sidesLabel: "Who is heard",
  sides,
  skip: "Skip silence",
  skipped: (seconds: number) => `Skipped ${whole(seconds)} s of silence`,
  waveform: "How loud each side is",
  find: "Search in this call",
  hits: (at: number, count: number) => `${whole(at)} of ${whole(count)}`,
  noHits: "Not said",
  nextHit: "Next hit",
  previousHit: "Previous hit",
  hitsTold: (count: number) => counted(count, { one: "# hit", other: "# hits" }),
};
