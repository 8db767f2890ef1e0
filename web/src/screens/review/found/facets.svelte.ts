/** What the list can be filtered by now; another question abandons the one before. Without it the list is there all the same. */
import { getFacets, type CallsQuery } from "../../../api";
import type { Facets } from "../../../types";

export class KnownFacets {
  now = $state.raw<Facets | null>(null);
  #request = new AbortController();
  #names = new Map<string, string>(); // of agents and customers, by facet and id: also of those that are found no more

  async ask(wanted: CallsQuery): Promise<void> {
    this.#request.abort();
    this.#request = new AbortController();
    const { signal } = this.#request;
    try {
      const facets = await getFacets(wanted, signal);
      for (const [facet, choices] of Object.entries(facets.choices)) for (const { value, name } of choices) if (name) this.#names.set(`${facet} ${value}`, name);
      this.now = facets;
    } catch {
      // what the list says went wrong is enough
    }
  }

  nameOf(facet: string, id: string): string {
    return (this.now && this.#names.get(`${facet} ${id}`)) ?? "";
  }
}
