/** Spanish words for the page of one call: its player and what stands beside the words. */
import { whole } from "../format";
import type { Side } from "../live/playerchoices";
import type { Lane, SpanKind } from "../screens/review/lanes";
import type { By } from "../types";
import { counting } from "./forms";

const counted = counting("es");
const lanes: By<Lane> = { cue: "Señales", card: "Tarjetas", alert: "Alertas", coaching: "Mensajes", speech: "Habla", line: "Línea" };
const spans: By<SpanKind> = { silence: "Silencio", overlap: "Hablan ambos", raised: "Mucho más alto", waiting: "Espera: música o tonos", held: "En espera", lost: "Línea perdida", paused: "Grabación en pausa" };
const sides: By<Side> = { both: "Ambos lados", agent: "Solo el agente", customer: "Solo el cliente" };

export const callPage = {
  beside: "Sobre esta llamada",
  transcript: "Transcripción",
  tabs: { moments: "Momentos" },
  lanes,
  spans,
  lasts: (seconds: number) => `${whole(seconds)} segundos`,
  sortsLabel: "Qué momentos",
  noMoments: "No se detectó nada en esta llamada.",
  noneOfSort: "Nada de esto en esta llamada.",
  follow: "Seguir la grabación",
  back: "10 segundos atrás",
  on: "10 segundos adelante",
  sidesLabel: "A quién se oye",
  sides,
  skip: "Saltar silencios",
  skipped: (seconds: number) => `Saltados ${whole(seconds)} s de silencio`,
  waveform: "El volumen de cada lado",
  find: "Buscar en esta llamada",
  hits: (at: number, count: number) => `${whole(at)} de ${whole(count)}`,
  noHits: "No se dijo",
  nextHit: "Resultado siguiente",
  previousHit: "Resultado anterior",
  hitsTold: (count: number) => counted(count, { one: "# resultado", other: "# resultados" }),
};
