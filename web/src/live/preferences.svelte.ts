/** What this browser remembers: language and theme. */
import { pickLanguage, pickLocale, type Language } from "../languages";

export type Theme = "system" | "light" | "dark";

function stored(key: string, fallback: string): string {
  try {
    return localStorage.getItem(key) ?? fallback;
  } catch {
    return fallback; // storage is switched off: everything works, nothing is remembered
  }
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    return; // as above
  }
}

const browserLanguages = (): readonly string[] => globalThis.navigator?.languages ?? []; // tests have no browser

class Preferences {
  theme = $state<Theme>(stored("theme", "system") as Theme);
  #chosen = $state(stored("language", "")); // empty: as the browser says

  /** What the pages speak. */
  get language(): Language {
    return pickLanguage(this.#chosen, browserLanguages());
  }

  /** How `Intl` writes dates and numbers. */
  get locale(): string {
    return pickLocale(this.language, browserLanguages());
  }

  setLanguage(language: Language): void {
    this.#chosen = language;
    store("language", language);
    this.show();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    store("theme", theme);
    this.show();
  }

  /** Tells the document, for what is outside every component: colours, fonts, hyphens, voices. */
  show(): void {
    const page = globalThis.document?.documentElement;
    if (!page) return; // tests have no document
    page.lang = this.language;
    if (this.theme === "system") delete page.dataset.theme;
    else page.dataset.theme = this.theme;
  }
}

export const preferences = new Preferences();
