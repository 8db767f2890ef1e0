/** What trying a sentence gave, in the shapes that the call screens draw: a line with cue marks, a card. Pure. */
import type { CueView, Prompt, Speaker } from "../../../types";
import type { Line } from "../../../ui/transcript";
import type { Tried, TriedCard, TriedCue } from "./types";

const WORD_MS = 1_000; // the line's words get times of their own, so that each cue finds its words by them

/** The sentence as a line of a transcript, with its cues. */
export function lineOf(text: string, speaker: Speaker, cues: readonly TriedCue[]): Line {
  const words = (text.match(/\S+/gu) ?? []).map((word, i) => ({
    text: word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "") || word,
    start_ms: i * WORD_MS,
    end_ms: (i + 1) * WORD_MS,
    confidence: 1,
  }));
  const end_ms = words.length * WORD_MS;
  const utterance = { at_ms: end_ms, speaker, utterance: 1, text, words, start_ms: 0, end_ms, confidence: 1 };
  const views = cues.map((cue, i) => viewOf(cue, i, speaker, end_ms));
  return { key: "tried", speaker, isFinal: true, startsTurn: true, utterance, cues: views, soundsBefore: [] };
}

function viewOf(cue: TriedCue, i: number, speaker: Speaker, at_ms: number): CueView {
  const { first_word, last_word, ...said } = cue;
  const times = { at_ms, start_ms: first_word * WORD_MS, end_ms: (last_word + 1) * WORD_MS };
  const spoken = { ...said, speaker, utterance: 1, early: false, playbook: "", agreed: false };
  return { cue: { cue_id: String(i), ...spoken, ...times }, status: "confirmed", outcome: null, offered: "", false_alarm_by: "" };
}

/** The card as an agent would get it from this playbook. */
export const promptOf = (card: TriedCard, playbook: string): Prompt => ({ ...card, why: { ...card.why, playbook } });

/** Whether two answers would look the same to an agent. */
export const isSameAnswer = (a: Tried, b: Tried) => JSON.stringify(visible(a)) === JSON.stringify(visible(b));

function visible({ cues, card, alternatives }: Tried): unknown {
  const face = card && [card.kind, card.headline, card.say, card.alternatives.map((one) => one.text)];
  return [cues.map(({ kind, rule, words }) => [kind, rule, words]), face, alternatives.map(({ text, shown }) => [text, shown])];
}
