/** Audit entries as the page shows them: by day, repeated ones once, each as a sentence. Pure. */
import type { AuditEntry } from "../../../audit";

/** The same that somebody did again and again: a recording is fetched in many pieces. */
export interface Deed {
  first: AuditEntry; // the newest
  last: AuditEntry;
  count: number;
}

export interface AuditDay {
  at: string; // of its newest entry
  deeds: Deed[];
}

const dayOf = ({ at }: AuditEntry) => new Date(at).toDateString();
/** What the page shows of an entry beside its time. */
const shownOf = (entry: AuditEntry, said: Sentences) => JSON.stringify([entry.who, entry.call_id, piecesOf(entry, said)]);

/** Entries that are the newest first, in days that are so, too. */
export function daysOf(entries: readonly AuditEntry[], said: Sentences): AuditDay[] {
  const days: AuditDay[] = [];
  for (const entry of entries) {
    let day = days.at(-1);
    if (!day || dayOf(day.deeds[0]?.first ?? entry) !== dayOf(entry)) days.push((day = { at: entry.at, deeds: [] }));
    const deed = day.deeds.at(-1);
    if (deed && shownOf(deed.last, said) === shownOf(entry, said)) [deed.last, deed.count] = [entry, deed.count + 1];
    else day.deeds.push({ first: entry, last: entry, count: 1 });
  }
  return days;
}

export interface Sentences {
  readonly [what: string]: string;
}

/** With places such as `{who}`; the most special sentence that there is. */
function sentenceOf({ what, detail }: AuditEntry, said: Sentences): string {
  const kind = detail.live === true ? "live" : String(detail.state ?? detail.why ?? "");
  const name = [`${what}.${kind}`, what].find((one) => Object.hasOwn(said, one));
  return said[name ?? "other"] ?? "";
}

export type Piece = { place: "who" | "call" } | { text: string; strong: boolean };

/** An entry as a sentence in pieces: places for who and which call, and text. */
export function piecesOf(entry: AuditEntry, said: Sentences): Piece[] {
  return sentenceOf(entry, said)
    .split(/\{([a-z_]+)\}/)
    .flatMap((piece, i): Piece[] => {
      if (i % 2 === 0) return piece ? [{ text: piece, strong: false }] : [];
      if (piece === "who" || piece === "call") return [{ place: piece }];
      return [{ text: piece === "what" ? entry.what : toldOf(entry.detail[piece]), strong: true }];
    });
}

const toldOf = (value: unknown): string => (Array.isArray(value) ? value.join(", ") : String(value ?? "?"));
