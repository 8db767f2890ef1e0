/** Los textos en español para encontrar una llamada: filtros, búsquedas guardadas, consejos. Next: `es.ts`. */
import type { When } from "../screens/review/found/dates";
import type { FacetName } from "../screens/review/found/places";
import type { By, CallOutcome, QueryDoubt } from "../types";
import { whole } from "../format";
import type { find as english } from "./find.en";
import { counting } from "./forms";

const counted = counting("es");

const facets: By<FacetName> = {
  outcome: "En qué quedó un «no»",
  topic: "Tema",
  agent: "Agente",
  kind: "Señal",
  level: "Peor alerta",
  team: "Equipo",
  tag: "Etiqueta",
  tier: "Categoría del cliente",
  customer: "Cliente",
  playbook: "Guía",
  version: "Versión",
  language: "Idioma",
  source: "Llegó por",
  engine: "Reconocida por",
};
const outcomes: By<CallOutcome> = { recovered: "Recuperado", dead_end: "Sin salida", taken: "Oferta aceptada" };
const whens: By<When> = { today: "Hoy", yesterday: "Ayer", this_week: "Esta semana", last_week: "La semana pasada", last_30_days: "Últimos 30 días" };
const doubts: { readonly [code in QueryDoubt["code"]]: (text: string) => string } = {
  no_words: (text) => `«${text}» no tiene letras ni cifras. Escriba una palabra que se dijo.`,
  near_alone: (text) => `«${text}» necesita algo a cada lado: recargo cerca anular. Para buscar la palabra misma, póngala entre comillas.`,
  near_number: (text) => `«${text}»: tras cerca/ va un número de palabras del 1 al 50, como en cerca/3.`,
  speaker_alone: (text) => `«${text}» necesita lo que dijo, como en agente: reembolso, o cliente: "por retraso".`,
  too_many: (text) => `Desde «${text}» ya no se busca nada: 16 palabras y frases son el máximo.`,
};

export const find: typeof english = {
  filters: (count) => (count > 0 ? `Filtros (${whole(count)})` : "Filtros"),
  facets,
  outcomes,
  whens,
  doubts,
  when: "Cuándo",
  length: "Duración",
  below: (minutes) => `menos de ${whole(minutes)} min`,
  between: (least, most) => `${whole(least)}-${whole(most)} min`,
  above: (minutes) => `${whole(minutes)} min o más`,
  since: (day) => `desde ${day}`,
  until: (day) => `hasta ${day}`,
  count: (count, more) => (more ? `más de ${whole(count)}` : whole(count)),
  found: (count, more) => (more ? `más de ${whole(count)} llamadas` : counted(count, { one: "# llamada", other: "# llamadas" })),
  deadEnds: (count, more) => (more ? `más de ${whole(count)} sin salida` : counted(count, { one: "# sin salida", other: "# sin salida" })),
  newest: (count) => `Contado en las ${whole(count)} llamadas más recientes.`,
  showAll: (count) => `Todos (${whole(count)})`,
  showFewer: "Menos",
  noTeam: "Sin equipo",
  without: (what) => `Quitar: ${what}`,
  clear: "Quitar todo",
  help: "Palabras, \"una frase\", recargo cerca anular, cerca/3, agente: reembolso, cliente: \"por retraso\"",
  noneTitle: "Ninguna llamada cumple todo esto",
  noneText: "Quite algo:",
  words: (q) => `«${q}»`,
  saved: "Búsquedas guardadas",
  savedText: "Se guardan en este navegador, con un nombre. Cada una es una dirección que puede enviar; «la semana pasada» sigue siendo la semana pasada.",
  savedName: "Nombre de esta búsqueda",
  save: "Guardar",
  savedGone: (name) => `Olvidada: ${name}`,
  forgetSaved: (name) => `Olvidar ${name}`,
  openAt: (who, time) => `${who}, en ${time}: abrir la llamada ahí`,
};
