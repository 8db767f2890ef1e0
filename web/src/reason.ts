/** Why an alert came, in a sentence: ours in the language of the page, a playbook's own in the language of the call. */
import { texts } from "./texts";
import type { Alert } from "./types";

type Told = Pick<Alert, "reason" | "reason_code">;

export const isOurReason = (alert: Told): boolean => alert.reason_code !== "";

export const reasonOf = (alert: Told): string => (isOurReason(alert) ? texts.entry.reason(alert.reason_code, alert.reason) : alert.reason);
