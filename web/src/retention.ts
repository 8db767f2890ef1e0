/** The REST calls about how long calls are kept, and legal holds. Failures as in `api.ts`. */
import { getJson, send } from "./api";
import type { DeletedCounts, RetentionPlan, RetentionRule, RetentionView } from "./rest.gen";

export type { DeletedCounts, RetentionPlan, RetentionRule, RetentionView };

const json = (method: string, body: object): RequestInit => ({ method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const holdPath = (call: string) => `/api/calls/${encodeURIComponent(call)}/hold`;

export const getRetention = () => getJson<RetentionView>("/api/retention");
export const getPlan = () => getJson<RetentionPlan>("/api/retention/plan");
export const setRules = (rules: readonly RetentionRule[]) => send("/api/retention", json("PUT", { rules }));
export const holdCall = (call: string, reason: string) => send(holdPath(call), json("POST", { reason }));
export const liftHold = (call: string) => send(holdPath(call), { method: "DELETE" });
