/** The REST calls about the audit: who did what. Failures as in `api.ts`. */
import { getJson } from "./api";
import type { AuditEntry, AuditPage, ChainCheck } from "./rest.gen";
import { boundsOf, type AuditFilter } from "./screens/admin/places";

export type { AuditEntry, ChainCheck };

function queryOf({ day, ...filter }: AuditFilter): URLSearchParams {
  const given = Object.entries({ ...filter, ...(day && boundsOf(day)) }).filter(([, value]) => value !== "");
  return new URLSearchParams(given);
}

export async function getAudit(filter: AuditFilter, before: string | null, signal: AbortSignal): Promise<{ items: readonly AuditEntry[]; next: string | null }> {
  const query = queryOf(filter);
  if (before) query.set("before", before);
  const { entries, next } = await getJson<AuditPage>(`/api/audit?${query}`, signal);
  return { items: entries, next };
}

/** Whether nothing was changed; `seen`: a hash that was kept elsewhere. */
export const checkAudit = (seen: string) => getJson<ChainCheck>(`/api/audit/check?${new URLSearchParams(seen ? { seen } : {})}`);

/** Where the wanted entries are as a file. */
export const auditFile = (kind: "csv" | "jsonl", filter: AuditFilter) => `/api/audit/export.${kind}?${queryOf(filter)}`;
