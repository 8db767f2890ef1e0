/** Numbers and times as a person reads them. */

/** `83_000` → `1:23`; with hours when there are any. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const tail = `${h > 0 ? String(m).padStart(2, "0") : m}:${String(s).padStart(2, "0")}`;
  return h > 0 ? `${h}:${tail}` : tail;
}

/** For screen readers and `datetime`: `PT83S`. */
export const isoDuration = (ms: number) => `PT${Math.max(0, Math.round(ms / 1000))}S`;

/** `8 s`, `3 min`, `2 h`: one unit, for ages on the wall. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });

export const timeOfDay = (iso: string) => TIME.format(new Date(iso));
export const day = (iso: string) => DAY.format(new Date(iso));
export const percent = (share: number) => `${Math.round(share * 100)}%`;

const CLOCK_TRUST_MS = 60_000; // audio is seconds behind at most; a clock further ahead is set wrong

/** How long a live call has lasted: by this clock where it agrees with the audio, else by the audio. */
export function liveDuration(at_ms: number, startedAt: string, now: number): number {
  const byClock = now - Date.parse(startedAt);
  return byClock > at_ms && byClock - at_ms < CLOCK_TRUST_MS ? byClock : at_ms;
}
