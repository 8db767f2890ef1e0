/** What this browser remembers: theme, and the name that alerts are handled under. */
import { texts } from "../texts";

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

class Preferences {
  theme = $state<Theme>(stored("theme", "system") as Theme);
  name = $state(stored("name", texts.supervisor.defaultName));

  setTheme(theme: Theme): void {
    this.theme = theme;
    store("theme", theme);
    this.showTheme();
  }

  setName(name: string): void {
    this.name = name.trim() || texts.supervisor.defaultName;
    store("name", this.name);
  }

  showTheme(): void {
    if (this.theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.theme;
  }
}

export const preferences = new Preferences();
