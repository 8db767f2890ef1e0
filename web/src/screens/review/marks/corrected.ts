/** A line as it was corrected, with what else belongs to it. Pure: as `core/words/corrected.py`. */
import type { LineCorrected } from "../../../types";
import type { Line } from "../../../ui/transcript";
import type { Moment } from "../timeline";

/** The line to show; its key stays that of the line as it was heard. */
export function correctedLine(line: Line, correction: LineCorrected | undefined): Line {
  if (!correction) return line;
  const { said_by: speaker, text, words } = correction;
  return { ...line, speaker, utterance: { ...line.utterance, speaker, text, words } };
}

/** All lines as they are shown. */
export function asCorrected(moments: readonly Moment[], corrections: ReadonlyMap<string, LineCorrected>): readonly Moment[] {
  if (corrections.size === 0) return moments;
  return moments.map((moment) => (moment.line && corrections.has(moment.line.key) ? { ...moment, line: correctedLine(moment.line, corrections.get(moment.line.key)) } : moment));
}

/** Which part of a text a word is that was chosen in it, nearest to where; the whole text where it is none. */
export function chosenWord(text: string, word: string, near: number): { start: number; end: number } {
  const wanted = word.trim();
  let best = -1;
  for (let at = text.indexOf(wanted); wanted && at >= 0; at = text.indexOf(wanted, at + 1))
    if (best < 0 || Math.abs(at - near) < Math.abs(best - near)) best = at;
  return best < 0 ? { start: 0, end: text.length } : { start: best, end: best + wanted.length };
}
