/** The REST calls for key figures. Failures as in `api.ts`. */
import { getJson, given } from "./api";
import type { Kpi, KpiReport, OwnDay } from "./types";

/** Which key figures are wanted; `zone`: whose days and weeks. */
export interface KpiQuery {
  period: KpiReport["period"];
  zone: string;
  by: "none" | "team" | "agent";
  team: string | null; // empty: calls of no team; null: of all
}

export const getKpis = (query: KpiQuery, signal: AbortSignal) => getJson<KpiReport>(`/api/kpis?${new URLSearchParams(given({ ...query }))}`, signal);
export const kpiFile = (query: KpiQuery) => `/api/kpis/export.csv?${new URLSearchParams(given({ ...query }))}`;
export const getKpiDefinitions = () => getJson<Kpi[]>("/api/kpis/definitions");
export const getDay = (agent: string, zone: string, signal: AbortSignal) =>
  getJson<OwnDay>(`/api/kpis/day?${new URLSearchParams({ agent, zone })}`, signal);
