/**
 * Why an alert came, in a sentence: ours in the language of the page, a playbook's own in the language of the call.
 * What was not said is named as the playbook names it.
 */
import { texts } from "./texts";
import type { Alert } from "./types";

type Told = Pick<Alert, "reason" | "reason_code"> & Partial<Pick<Alert, "unsaid">>;

export const isOurReason = (alert: Told): boolean => alert.reason_code !== "";

const ours = (alert: Told): string => (alert.unsaid ? texts.entry.unsaid(alert.unsaid) : texts.entry.reason(alert.reason_code, alert.reason));

export const reasonOf = (alert: Told): string => (isOurReason(alert) ? ours(alert) : alert.reason);
