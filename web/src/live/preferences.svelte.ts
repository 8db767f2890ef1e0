/** What this browser remembers: language, theme, role, which agent one is, one's phone, how many cards, and keys. */
import { asKeyMap, keyFor, type KeyMap } from "../keymap";
import { pickLanguage, pickLocale, type Language } from "../languages";
import { asRole, type Role } from "../roles";
import type { CardVolume } from "../types";

export type Theme = "system" | "light" | "dark";

export function stored(key: string, fallback: string): string {
  try {
    return localStorage.getItem(key) ?? fallback;
  } catch {
    return fallback; // storage is switched off: everything works, nothing is remembered
  }
}

export function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    return; // as above
  }
}

const browserLanguages = (): readonly string[] => globalThis.navigator?.languages ?? []; // tests have no browser

export interface KnownAgent {
  readonly id: string;
  readonly name: string;
}

function asAgent(text: string): KnownAgent | null {
  try {
    const { id, name } = JSON.parse(text) as KnownAgent;
    return typeof id === "string" && id !== "" ? { id, name: String(name ?? id) } : null;
  } catch {
    return null; // nothing was remembered, or by another version
  }
}

function storedVolume(): CardVolume {
  const volume = stored("card-volume", "normal");
  return volume === "fewer" || volume === "more" ? volume : "normal";
}

class Preferences {
  theme = $state<Theme>(stored("theme", "system") as Theme);
  role = $state<Role | null>(asRole(stored("role", ""))); // null: nobody has said yet
  agent = $state.raw<KnownAgent | null>(asAgent(stored("agent", ""))); // which agent of the phone system one is
  keys = $state.raw<KeyMap>(asKeyMap(stored("keys", "")));
  phone = $state(stored("phone", "")); // the number or extension that rings for one's whispers; empty: not asked yet
  cardVolume = $state<CardVolume>(storedVolume());
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

  setRole(role: Role): void {
    this.role = role;
    store("role", role);
  }

  setAgent(agent: KnownAgent | null): void {
    this.agent = agent;
    store("agent", agent ? JSON.stringify(agent) : "");
  }

  setKeys(keys: KeyMap): void {
    this.keys = keys;
    store("keys", JSON.stringify(keys));
  }

  /** The key to press for a standard one, as pages show it; null where it is switched off. */
  keyFor(standard: string): string | null {
    return keyFor(standard, this.keys);
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    store("theme", theme);
    this.show();
  }

  setPhone(number: string): void {
    this.phone = number;
    store("phone", number);
  }

  setCardVolume(volume: CardVolume): void {
    this.cardVolume = volume;
    store("card-volume", volume);
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
