/** English words for the page of one call: its player and what stands beside the words. */
import type { By } from "../types";
import type { Sort } from "../screens/review/entries";

const sorts: By<Sort> = { cue: "Cues", card: "Cards", alert: "Alerts", coaching: "Coaching" };

export const callPage = {
  beside: "About this call",
  transcript: "Transcript",
  tabs: { moments: "Moments" },
  sorts,
  sortsLabel: "Which moments",
  noMoments: "Nothing was noticed in this call.",
  noneOfSort: "None of these in this call.",
  follow: "Follow the recording",
};
