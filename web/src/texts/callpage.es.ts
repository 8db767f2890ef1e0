/** Spanish words for the page of one call: its player and what stands beside the words. */
import type { By } from "../types";
import type { Sort } from "../screens/review/entries";

const sorts: By<Sort> = { cue: "Señales", card: "Tarjetas", alert: "Alertas", coaching: "Mensajes" };

export const callPage = {
  beside: "Sobre esta llamada",
  transcript: "Transcripción",
  tabs: { moments: "Momentos" },
  sorts,
  sortsLabel: "Qué momentos",
  noMoments: "No se detectó nada en esta llamada.",
  noneOfSort: "Nada de esto en esta llamada.",
  follow: "Seguir la grabación",
};
