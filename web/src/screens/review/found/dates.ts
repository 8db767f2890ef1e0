/** Stretches of days by the calendar of this clock, and of a call's length, that calls are filtered by. Pure. */
export const WHENS = ["today", "yesterday", "this_week", "last_week", "last_30_days"] as const;
export type When = (typeof WHENS)[number];

/** How long calls were, in seconds: from, and below. */
export const LENGTHS: readonly { readonly min_s: number | null; readonly max_s: number | null }[] = [
  { min_s: null, max_s: 60 },
  { min_s: 60, max_s: 300 },
  { min_s: 300, max_s: 900 },
  { min_s: 900, max_s: null },
];

/** Weeks begin with Monday. */
export function spanOf(when: When, now: Date): { from: string; to: string } {
  const weekday = (now.getDay() + 6) % 7;
  const days: { [name in When]: [number, number] } = {
    today: [0, 1],
    yesterday: [-1, 0],
    this_week: [-weekday, 7 - weekday],
    last_week: [-weekday - 7, -weekday],
    last_30_days: [-29, 1],
  };
  const [first, end] = days[when];
  return { from: midnight(now, first), to: midnight(now, end) };
}

/** So many days from today, at its local midnight: a day may have 23 or 25 hours. */
const midnight = (now: Date, days: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days).toISOString();
