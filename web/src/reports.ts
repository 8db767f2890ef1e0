/** The REST calls for reports. Failures as in `api.ts`. */
import { perform } from "./actions";
import { getJson, given } from "./api";
import type { PromiseList, PromiseView, Report, ReportExamples, ReportView, ReportViewRow, VersionChange, VersionChanges } from "./rest.gen";
import type { PeriodName } from "./types";

export type { PromiseView, Report, ReportExamples, ReportView, ReportViewRow, VersionChange, VersionChanges };
export type ReportId = Report["id"];
export type ReportFigure = Report["figures"][number];
export type PromiseOutcome = "" | "kept" | "not_kept";

/** Which calls are meant; `zone`: whose days and hours. */
export interface ReportQuery {
  period: PeriodName;
  zone: string;
  team: string | null; // empty: calls of no team; null: of all
}

const query = (of: ReportQuery, more: { [name: string]: string } = {}) => new URLSearchParams({ ...given({ ...of }), ...more });

export const getReportDefinitions = () => getJson<Report[]>("/api/reports/definitions");
export const getReport = (id: ReportId, of: ReportQuery) => getJson<ReportView>(`/api/reports/${id}?${query(of)}`);
export const reportFile = (id: ReportId, of: ReportQuery) => `/api/reports/${id}/export.csv?${query(of)}`;
export const getExamples = (topic: string, of: ReportQuery) => getJson<ReportExamples>(`/api/reports/refusals/examples?${query(of, { topic })}`);
export const getPromises = (of: ReportQuery) => getJson<PromiseList>(`/api/reports/promises/list?${query(of)}`);
export const getVersions = (of: ReportQuery) => getJson<VersionChanges>(`/api/reports/versions?${query(of)}`);
/** Whether the server took it; if not, it is said. */
export const markPromise = (of: Pick<PromiseView, "call_id" | "utterance" | "at_ms">, outcome: PromiseOutcome) =>
  perform(of.call_id, { type: "mark_promise", utterance: of.utterance, start_ms: of.at_ms, outcome });
