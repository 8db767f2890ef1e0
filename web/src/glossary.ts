/** The cue kinds as the screens show them: one tone and one icon each. Words are in `texts/`. */
import type { IconName } from "./ui/icons";
import type { Colour, Level } from "./types";

export type Tone = "danger" | "caution" | "notice" | "good" | "quiet" | Colour;
/** Colours that a playbook's own kinds of cue may have, in the order of the choice; their values are in `ui/tokens.css`. */
export const COLOURS = ["violet", "teal", "pink", "brown", "olive", "slate"] as const satisfies readonly Colour[];

export interface Look {
  tone: Tone;
  icon: IconName;
}

const DANGER: Look = { tone: "danger", icon: "octagon" };
const CAUTION: Look = { tone: "caution", icon: "triangle" };
const NOTICE: Look = { tone: "notice", icon: "flag" };

/** Kinds of alert that no words raise: how long after the words they came says nothing. */
export const WITHOUT_WORDS: readonly string[] = ["help", "dead_end", "silence", "overlap", "missing", "break"];

const LOOKS = {
  refusal: { tone: "caution", icon: "no" },
  alternative: { tone: "good", icon: "fork" },
  overpromise: CAUTION,
  giveaway: CAUTION,
  coercion: CAUTION,
  vague_commitment: CAUTION,
  quick_yes: CAUTION,
  profanity: { tone: "notice", icon: "bolt" },
  insult: DANGER,
  threat: DANGER,
  slur: DANGER,
  sexual: DANGER,
  legal_threat: NOTICE,
  escalation: NOTICE,
  churn: NOTICE,
  purchase_intent: NOTICE,
  frustration: NOTICE,
  help: { tone: "danger", icon: "hand" },
  break: { tone: "quiet", icon: "pause" },
} satisfies { [kind: string]: Look };

export type Kind = keyof typeof LOOKS;
const isKnown = (kind: string): kind is Kind => Object.hasOwn(LOOKS, kind);

export const lookOf = (kind: string): Look => (isKnown(kind) ? LOOKS[kind] : NOTICE);

export const LEVEL_LOOKS: { [level in Level]: Look } = {
  critical: DANGER,
  warning: CAUTION,
  info: { tone: "notice", icon: "info" },
};
