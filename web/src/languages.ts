/** Which languages the pages speak, and which of them a person gets. Pure. Next: `live/preferences.svelte.ts`. */

/** Each by its own name: that is how somebody finds it on a page in another language. */
export const LANGUAGES = { en: "English", es: "Español" } as const;
export type Language = keyof typeof LANGUAGES;

const isOurs = (tag: string): tag is Language => Object.hasOwn(LANGUAGES, tag);

/** The language of a tag, without its country: `es-MX` → `es`. */
export const primary = (tag: string) => tag.split("-", 1)[0]?.toLowerCase() ?? "";

/** The person's choice, else the first of the browser's languages that the pages speak, else English. */
export function pickLanguage(chosen: string, browser: readonly string[]): Language {
  return [chosen, ...browser].map(primary).find(isOurs) ?? "en";
}

/** How dates and numbers are written: as in the browser's own region if the pages speak its language. */
export function pickLocale(language: Language, browser: readonly string[]): string {
  return browser.find((tag) => primary(tag) === language && isTag(tag)) ?? language;
}

/** Whether `Intl` takes it: Chromium on a machine without a locale says `en-US@posix`, and a call may say anything. */
export function isTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}
