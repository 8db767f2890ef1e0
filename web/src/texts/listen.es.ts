/** Spanish words for listening in to a live call, and for its levels. */
import { tenths } from "../format";
import type { By, HeardLegs } from "../types";
import type { ListenPhase } from "../live/listening.svelte";

const legs: By<HeardLegs> = { both: "Ambos", agent: "Agente", customer: "Cliente" };
const heard: By<HeardLegs> = { both: "ambos lados", agent: "al agente", customer: "al cliente" };
const phases: By<ListenPhase> = {
  off: "Sin escuchar.",
  connecting: "Conectando…",
  live: "En directo",
  reconnecting: "Conexión perdida. Se intenta de nuevo…",
  ended: "Terminó con la llamada.",
  refused: "No se puede escuchar.",
};

export const listen = {
  title: "Escuchar la llamada",
  start: "Escuchar",
  stop: "Dejar de escuchar",
  legsLabel: "A quién se oye",
  legs,
  mute: "Silenciar",
  unmute: "Activar el sonido",
  volume: "Volumen",
  phase: phases,
  behind: (ms: number) => `En directo, ${tenths(ms)} s de retraso`,
  told: "Se avisa al agente, y termina al cerrar la llamada.",
  untold: "Termina al cerrar la llamada.",
  numbers: "Los números de tarjeta dictados se oyen: pause la grabación.",
  delayed: (ms: number) => `Se oye ${tenths(ms)} s más tarde, para que casi todo lo enmascarado quede en silencio.`,
  notAllowed: "Ya no puede escuchar esta llamada, o ha terminado.",
  sound: "El volumen de ambos lados en el último minuto: el agente arriba, el cliente abajo",
  now: (names: string) => `Escuchando: ${names}`,
  nobody: "Ya no escucha nadie.",
  short: "con oyente",
  begins: (name: string, legs: HeardLegs) => `${name} escucha ${heard[legs]}`,
};
