/** A supervisor's message as people read it: what became of it, step by step, and its answer. Pure. */
import { toTheSecond } from "../format";
import { texts } from "../texts";
import type { CoachingView } from "../types";

/** The steps that it has taken, each with its time. */
export function stepsOf({ sent, delivered_at, seen_at, answered_at }: CoachingView): string[] {
  const { coaching } = texts;
  const steps: [(time: string) => string, string][] = [
    [coaching.sent, sent.done_at],
    [coaching.delivered, delivered_at],
    [coaching.seen, seen_at],
    [coaching.answered, answered_at],
  ];
  return steps.filter(([, at]) => at !== "").map(([say, at]) => say(toTheSecond(at)));
}

/** What the agent answered; empty: nothing yet. */
export function answerOf({ answer, answer_text }: CoachingView): string {
  if (answer === null) return "";
  return answer === "text" ? answer_text : texts.coaching.answer(answer);
}
