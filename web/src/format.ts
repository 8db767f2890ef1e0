/** Numbers and times as a person reads them, written as in the language of the page. */
import { isTag } from "./languages";
import { preferences } from "./live/preferences.svelte";

/** What `Intl` makes for the page's language: made once, because that is slow. */
function perLocale<T>(make: (locale: string) => T): () => T {
  const made = new Map<string, T>();
  return () => {
    const { locale } = preferences;
    const one = made.get(locale) ?? make(locale);
    made.set(locale, one);
    return one;
  };
}

/** `83_000` → `1:23`; with hours when there are any. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const tail = `${h > 0 ? String(m).padStart(2, "0") : m}:${String(s).padStart(2, "0")}`;
  return h > 0 ? `${h}:${tail}` : tail;
}

/** For screen readers and `datetime`: `PT83S`. */
export const isoDuration = (ms: number) => `PT${Math.max(0, Math.round(ms / 1000))}S`;

const AGO = perLocale((locale) => new Intl.RelativeTimeFormat(locale, { style: "narrow" }));

/** `8s ago`, `hace 3 min`: one unit, for ages on the wall. */
export function ago(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return AGO().format(-seconds, "second");
  if (seconds < 3600) return AGO().format(-Math.floor(seconds / 60), "minute");
  return AGO().format(-Math.floor(seconds / 3600), "hour");
}

const TIME = perLocale((locale) => new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }));
const DAY = perLocale((locale) => new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short" }));
const SHORT_DAY = perLocale((locale) => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" }));
const DAY_AND_TIME = perLocale((locale) => {
  return new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
});

const TO_THE_SECOND = perLocale((locale) => new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" }));
const WHOLE_DAY = perLocale((locale) => new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", year: "numeric" }));

export const timeOfDay = (iso: string) => TIME().format(new Date(iso));
export const toTheSecond = (iso: string) => TO_THE_SECOND().format(new Date(iso));
export const wholeDay = (iso: string) => WHOLE_DAY().format(new Date(iso));
export const shortDay = (iso: string) => SHORT_DAY().format(new Date(iso));
export const day = (iso: string) => DAY().format(new Date(iso));
export const dayAndTime = (iso: string) => DAY_AND_TIME().format(new Date(iso));

const WHOLE = perLocale((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }));
const TENTHS = perLocale((locale) => new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }));
const FRACTION = perLocale((locale) => new Intl.NumberFormat(locale));
const PERCENT = perLocale((locale) => new Intl.NumberFormat(locale, { style: "percent" }));

export const whole = (count: number) => WHOLE().format(count);
export const tenths = (ms: number) => TENTHS().format(ms / 1000); // of a second
export const number = (value: number) => FRACTION().format(value);
/** `−25 dB`, with a true minus and no break. */
export const decibels = (level_db: number) => `${number(level_db).replace("-", "−")}\u00a0dB`;
export const percent = (share: number) => PERCENT().format(share);

const unit = (name: string, digits: number) => {
  return perLocale((locale) => new Intl.NumberFormat(locale, { style: "unit", unit: name, maximumFractionDigits: digits }));
};
const [HOURS, MINUTES, SECONDS] = [unit("hour", 1), unit("minute", 1), unit("second", 0)];

export const hours = (count: number) => HOURS().format(count);
export const minutes = (count: number) => MINUTES().format(count);
export const seconds = (count: number) => SECONDS().format(count);

const LANGUAGE = perLocale((locale) => new Intl.DisplayNames(locale, { type: "language" }));

/** `es-MX` → `Mexican Spanish`; what is no language's tag, as it is. */
export const languageName = (tag: string) => (isTag(tag) ? (LANGUAGE().of(new Intl.Locale(tag).baseName) ?? tag) : tag);

/** `vosk:vosk-model-small-es-0.42` → the model; the embedded engine and scripts have none. */
export const engineName = (engine: string) => engine.replace(/^(vosk|moonshine):/, "");

/** With a capital, for names that a deployment writes in small letters. */
export function capital(text: string): string {
  const [first = "", ...rest] = text;
  return first.toLocaleUpperCase(preferences.locale) + rest.join("");
}

const CLOCK_TRUST_MS = 60_000; // audio is seconds behind at most; a clock further ahead is set wrong

/** How long a live call has lasted: by this clock where it agrees with the audio, else by the audio. */
export function liveDuration(at_ms: number, startedAt: string, now: number): number {
  const byClock = now - Date.parse(startedAt);
  return byClock > at_ms && byClock - at_ms < CLOCK_TRUST_MS ? byClock : at_ms;
}
