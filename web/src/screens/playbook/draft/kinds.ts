/** The built-in kinds of cue. Next: `own_kinds.ts` adds those of a playbook. */
/** As in `core/playbook/model.py`. */
export const AGENT_KINDS = ["refusal", "alternative", "overpromise", "giveaway", "coercion", "vague_commitment", "quick_yes"] as const;
export const CUSTOMER_KINDS = ["profanity", "insult", "threat", "slur", "sexual", "legal_threat", "escalation", "churn", "purchase_intent", "frustration"] as const;
export const SPOKEN_KINDS: readonly string[] = [...AGENT_KINDS, ...CUSTOMER_KINDS];
export const HEARD_KINDS: readonly string[] = ["silence", "overlap", "missing"];
export const ALERT_KINDS: readonly string[] = [...SPOKEN_KINDS, ...HEARD_KINDS, "dead_end", "help"];
export const STEP_KINDS: readonly string[] = ["profanity", "frustration", "insult", "sexual", "slur", "threat"];
/** Kinds that the trained model knows as well; swear words are listed. */
export const TRAINED_KINDS: readonly string[] = SPOKEN_KINDS.filter((kind) => kind !== "profanity");
