/** What the key figures are, as the server defines them: asked once for all pages. */
import { getKpiDefinitions } from "../kpis";
import type { Kpi } from "../types";
import { preferences } from "./preferences.svelte";

class Definitions {
  all = $state.raw<readonly Kpi[]>([]);
  #asked: Promise<void> | null = null;

  /** Raises ApiError, and may then be asked again. */
  async ask(): Promise<void> {
    this.#asked ??= getKpiDefinitions().then((all) => void (this.all = all));
    try {
      await this.#asked;
    } catch (error) {
      this.#asked = null;
      throw error;
    }
  }

  of(id: string): Kpi | null {
    return this.all.find((kpi) => kpi.id === id) ?? null;
  }

  /** In the order that is asked for; unknown ones are left out. */
  some(ids: readonly string[]): Kpi[] {
    return ids.map((id) => this.of(id)).filter((kpi) => kpi !== null);
  }

  name(kpi: Kpi): string {
    return kpi.name[preferences.language];
  }

  sentence(kpi: Kpi): string {
    return kpi.sentence[preferences.language];
  }
}

export const definitions = new Definitions();
