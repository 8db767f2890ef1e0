/** A report of key figures that is kept current, and what the figures are. */
import { getKpis, type KpiQuery } from "../../kpis";
import { definitions } from "../../live/definitions.svelte";
import { Polled } from "../../live/polled.svelte";
import type { KpiReport } from "../../types";

const EVERY_MS = 5_000; // as often as somebody can take in a change; the server works each answer out every 3 s

/** `query` is read in an `$effect`: another question begins anew, and what is shown stays until its answer comes. */
export const polledReport = (query: () => KpiQuery) =>
  new Polled<KpiReport>(async (signal) => {
    const [report] = await Promise.all([getKpis(query(), signal), definitions.ask()]);
    return report;
  }, EVERY_MS);
