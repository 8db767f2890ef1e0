/** The Spanish texts of incidents. */
import { whole } from "../format";
import { counting } from "./forms";
import type { incidents as english } from "./incidents.en";

const counted = counting("es");

const reasons: typeof english.reasons = { helped: "Se ayudó", false_alarm: "Falsa alarma", no_action: "No hace falta nada" };
const because = (reason: string) => (reason in reasons ? ` (${reasons[reason as keyof typeof reasons].toLowerCase()})` : "");

export const incidents: typeof english = {
  times: (count) => `×${whole(count)}`,
  timesLong: (count) => counted(count, { one: "una vez", other: "# veces" }),
  risen: "Empeoró",
  risenLong: (owner) => `Se agravó después de que ${owner} se hiciera cargo.`,
  isOn: (owner) => `${owner} se ocupa`,
  nobodyIsOn: "Nadie se ocupa todavía",
  lookedAt: "Visto",
  story: (cues, steps) => `Qué pasó (${whole(cues)}), qué se hizo (${whole(steps)})`,
  happened: "Qué pasó",
  done: "Qué se hizo",
  nothingDone: "Nada todavía.",
  again: "otra vez",
  untrue: "retirada",
  reason: "Motivo",
  noReason: "Sin motivo",
  reasons,
  step: ({ state, by, owner, reason }) => {
    if (state === "acknowledged") return owner && owner !== by ? `${by} se la pasó a ${owner}` : `${by} se hizo cargo`;
    if (state === "resolved") return `${by} la resolvió${because(reason)}`;
    return state === "open" ? `${by} la reabrió` : "Retirada: las palabras resultaron ser otras";
  },
  handOver: "Pasar",
  handTo: "Pasar a",
  choose: "Elija…",
  nobodyElse: "No hay nadie más a quien pasarla.",
  handedToast: (owner) => `Ahora es de ${owner}.`,
  restoredToast: "Deshecho.",
  faster: (step, time) => `Otra persona se adelantó: ${step}${time ? `, ${time}` : ""}. Mire de nuevo y decida.`,
  alerts: "Alertas de esta llamada",
  queue: {
    title: "Por revisar",
    text: "Alertas sin resolver de llamadas terminadas, primero las más nuevas.",
    count: (count) => counted(count, { one: "# alerta", other: "# alertas" }),
    filters: "Filtros",
    kind: "Tipo",
    everyKind: "Todos los tipos",
    everyAgent: "Todos los agentes",
    owner: "A cargo de",
    everyOwner: "De todos y de nadie",
    nobodys: "De nadie",
    age: "Antigüedad",
    ages: { 0: "Cualquiera", 1: "Más de una hora", 24: "Más de un día", 168: "Más de una semana" },
    text2: "Agente o cliente",
    clear: "Quitar los filtros",
    none: "No queda nada por revisar",
    noneText: "Las alertas sin resolver llegan aquí cuando termina su llamada.",
    noMatch: "Nada coincide",
    noMatchText: "Cambie los filtros para ver las demás.",
    more: "Mostrar más",
    loadFailed: "No se pudo cargar la lista",
    refreshed: "Han llegado más. Mostrarlas",
    back: "Llamadas en curso",
  },
};
