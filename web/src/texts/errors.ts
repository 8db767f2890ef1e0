/** Which words fit an error: those of its code, else those of its kind of answer. Pure. */
import type * as words from "./errors.en";

type Words = typeof words;

function kindOf(status: number): keyof Words["byKind"] {
  if (status === 401 || status === 403) return "refused";
  if (status === 404 || status === 410) return "missing";
  if (status === 409 || status === 412) return "changed";
  if (status === 408 || status === 429 || (status > 501 && status < 505)) return "busy";
  return status >= 500 ? "broken" : "other";
}

/** The sentence for a server's code; a code that only a newer server knows is told by the answer's HTTP status. */
export const explaining =
  ({ byCode, byKind }: Words) =>
  (code: string, status = 0): string =>
    Object.hasOwn(byCode, code) ? byCode[code as keyof Words["byCode"]] : byKind[kindOf(status)];
