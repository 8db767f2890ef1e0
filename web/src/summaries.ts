/** The REST calls about a call's summary. Next: `screens/review/summary.svelte.ts` keeps what they answer. */
import { getJson, send } from "./api";
import type { SummaryText, SummaryView } from "./types";

const path = (id: string) => `/api/calls/${encodeURIComponent(id)}/summary`;

export const getSummary = (id: string, language: string) => getJson<SummaryView>(`${path(id)}?${new URLSearchParams({ language })}`);

async function change(method: string, address: string, body?: object): Promise<SummaryView> {
  const init = body ? { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : { method };
  return (await (await send(address, init)).json()) as SummaryView;
}

/** Keeps the summary as somebody rewrote it; `over`: the revision that they had before them. */
export const editSummary = (id: string, lines: readonly SummaryText[], language: string, over: number) => change("PUT", path(id), { lines, language, over });

/** Back to what the call's words give. */
export const resetSummary = (id: string, language: string, over: number) => change("DELETE", `${path(id)}?${new URLSearchParams({ language, over: String(over) })}`);

export const sendSummary = (id: string, language: string) => change("POST", `${path(id)}/send`, { language });
