/** English words for what the wire calls by a name. Next: `en.ts` puts them into sentences. */
import type { Kind } from "../glossary";
import type { Connection } from "../live/socket";
import type { By, CallStatus, CardOutcome, CardVolume, DisclosureState, DoubtCode, EndReason, GapCause, Level, LineSound, Speaker } from "../types";
import type { SortKey } from "../screens/supervisor/wallview";

export const speakers: By<Speaker> = { agent: "Agent", customer: "Customer" };
export const levels: By<Level> = { critical: "Critical", warning: "Warning", info: "Notice" };
export const statuses: By<CallStatus> = { live: "Live", ended: "Ended", failed: "Failed" };

export const endReasons: By<EndReason> = {
  hangup: "Hung up",
  vanished: "The phone system went away",
  shutdown: "Ended because voiceassist was stopped",
  interrupted: "Interrupted: voiceassist stopped in mid-call",
  idle: "Ended after a long silence",
  peer_error: "The phone system made a mistake and was cut off",
};

export const kinds: By<Kind> = {
  refusal: "Refusal",
  alternative: "Alternative",
  overpromise: "Over-promise",
  giveaway: "Giveaway",
  coercion: "Coercion",
  vague_commitment: "Vague promise",
  quick_yes: "Quick yes",
  profanity: "Swearing",
  insult: "Insult",
  threat: "Threat",
  slur: "Slur",
  sexual: "Sexual remark",
  legal_threat: "Legal threat",
  escalation: "Wants a manager",
  churn: "Wants to leave",
  purchase_intent: "Wants to buy",
  frustration: "Frustration",
  help: "Agent asks for help",
  break: "Break",
};

export const gapCauses: By<GapCause> = {
  silent: "no audio arrived",
  lost: "audio was lost on the way",
  overflow: "audio came faster than it could be heard",
  line_lost: "the line was lost",
  held: "the call was on hold",
  rate_changed: "audio came at another rate than announced: words and times here may be wrong",
};

export const doubts: By<DoubtCode> = {
  container: "the audio begins like a file",
  encoding: "the audio is not in the coding that was announced",
  channels: "the audio has other channels than announced",
  dead_leg: "nothing at all comes, not even noise",
  rate_mismatch: "the audio may play too fast or too slowly: words and times may be wrong",
  clipping: "loud words are cut off",
  dc_offset: "the audio does not swing around zero",
};

export const reachLimits = {
  classifier_alone: "only the trained model found it",
  weak_rule: "the phrase alone is not certain, and the trained model does not agree",
  unsure_words: "its words were not heard surely",
  language: "this side may speak another language",
  one_voice: "both lines carry the same audio: nobody knows who said it",
  playbook: "the playbook lets it go no further",
};
export const sounds: By<LineSound> = { music: "Hold music", ringing: "Ringing", busy: "Busy tone", dtmf: "Key pressed", beep: "Beep" };
/** In the middle of a sentence. */
export const sides: By<Speaker> = { agent: "the agent", customer: "the customer" };

export const outcomes: By<CardOutcome> = {
  used: "used",
  dismissed: "dismissed",
  followed: "left by itself: you said it",
  recovered: "left by itself: you offered an alternative",
  refreshed: "came anew for a newer refusal",
  retracted: "withdrawn: the words turned out different",
  stale: "left by itself: its moment passed",
  superseded: "replaced by a more urgent card",
  muted: "left: cards are muted",
  call_ended: "left with the call",
};

export const reviewOutcomes: By<CardOutcome> = {
  used: "used",
  dismissed: "dismissed",
  followed: "followed",
  recovered: "recovered",
  refreshed: "renewed",
  retracted: "withdrawn",
  stale: "not used in time",
  superseded: "replaced",
  muted: "muted",
  call_ended: "open at the end",
};

export const cardVolumes: By<CardVolume> = { fewer: "Fewer", normal: "Normal", more: "More" };

export const disclosureStates: By<DisclosureState> = { due: "Still to say", said: "Said", missed: "Not said", withdrawn: "Need not be said" };

export const sorts: By<SortKey> = {
  urgency: "Most urgent",
  longest: "Longest first",
  newest: "Newest first",
  agent: "Agent",
  dead_ends: "Dead ends",
};

export const connection: By<Connection> = {
  connecting: "Connecting…",
  open: "Live",
  waiting: "Connection lost. Reconnecting…",
  closed: "Disconnected",
};
