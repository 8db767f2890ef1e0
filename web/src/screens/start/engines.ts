/** Which engine hears the person at the microphone, and whether it can. Pure. Next: `screens/start/MicPanel.svelte`. */
import { primary } from "../../languages";
import type { EngineSummary } from "../../types";

/**
 * The language that was picked, else that of the page in any country, since whoever reads a language probably speaks
 * it, too; else the server's default, which comes first.
 */
export function engineFor(engines: readonly EngineSummary[], picked: string | null, page: string): EngineSummary | undefined {
  const chosen = engines.find((one) => one.language === picked) ?? engines.find((one) => one.language === page);
  return chosen ?? engines.find((one) => primary(one.language) === primary(page)) ?? engines[0];
}

/** Whether it understands people; the server refuses a microphone otherwise. */
export const hearsPeople = (engine: EngineSummary): boolean => engine.fit_for === "people";
