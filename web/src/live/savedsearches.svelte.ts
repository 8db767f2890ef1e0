/** Searches that were given a name, kept in this browser. What a damaged storage says is left out. */
import { LONGEST_NAME, savedIn, withSaved, type SavedWall } from "./wallchoices.svelte";
import { stored, store } from "./preferences.svelte";

const KEY = "searches";

/** The searches that a text holds. */
export function searchesIn(text: string): SavedWall[] {
  try {
    return savedIn(JSON.parse(text));
  } catch {
    return [];
  }
}

class SavedSearches {
  #all = $state.raw<readonly SavedWall[]>(searchesIn(stored(KEY, "[]")));

  get all(): readonly SavedWall[] {
    return this.#all;
  }

  keep(all: readonly SavedWall[]): void {
    this.#all = all;
    store(KEY, JSON.stringify(all));
  }

  add(name: string, query: string): void {
    this.keep(withSaved(this.#all, { name: name.slice(0, LONGEST_NAME), query }));
  }
}

export const savedSearches = new SavedSearches();
