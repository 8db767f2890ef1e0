/** How somebody likes to hear recordings. Pure. Next: `player.svelte.ts` remembers it. */
import type { Speaker } from "../types";

export type Side = "both" | Speaker;

export interface Choices {
  rate: number; // 1: as it was spoken
  skips: boolean; // stretches in which nobody speaks
  side: Side;
}

export const RATES = [0.75, 1, 1.25, 1.5, 1.75, 2] as const;
export const SIDES: readonly Side[] = ["both", "agent", "customer"];
const USUAL: Choices = { rate: 1, skips: false, side: "both" };

/** What a browser remembered; what is none of these choices is as usual. */
export function asChoices(text: string): Choices {
  try {
    const { rate, skips, side } = JSON.parse(text) as Choices;
    return {
      rate: (RATES as readonly number[]).includes(rate) ? rate : USUAL.rate,
      skips: skips === true,
      side: SIDES.includes(side) ? side : USUAL.side,
    };
  } catch {
    return USUAL;
  }
}
