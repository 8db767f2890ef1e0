/** How an incident stands, in a line of the page. Pure. */
import { texts } from "../texts";
import type { AlertView } from "../types";

/** Who is on it; or who resolved it, why, and what they wrote. */
export function standing(view: AlertView): string {
  if (view.state === "open") return texts.incidents.nobodyIsOn;
  if (view.state === "acknowledged") return texts.incidents.isOn(view.owner);
  const step = texts.incidents.step(view);
  return view.note ? `${step}: ${view.note}` : step;
}

/** Those that were true: what is said of a call when it is over. */
export const trueOnes = (incidents: readonly AlertView[]) => incidents.filter(({ state }) => state !== "retracted");
