/** The Spanish texts around key figures. Next: `es.ts`. */
import { whole } from "../format";
import type { By, PeriodName } from "../types";
import type { kpis as english } from "./kpis.en";
import { counting } from "./forms";

const counted = counting("es");

const periods: By<PeriodName> = { today: "Hoy", this_week: "Esta semana", last_week: "Semana pasada", eight_weeks: "Ocho semanas" };
const before: By<PeriodName> = {
  today: "hace una semana, hasta esta hora",
  this_week: "la semana pasada, hasta esta hora",
  last_week: "la semana anterior",
  eight_weeks: "",
};

export const kpis: typeof english = {
  title: "Indicadores",
  today: "Hoy",
  show: "Mostrar los indicadores de hoy",
  hide: "Ocultar los indicadores de hoy",
  all: "Todos los indicadores",
  period: "Periodo",
  periods,
  before: (period: PeriodName, value: string) => `${value} ${before[period]}`,
  team: "Equipo",
  everyTeam: "Todos los equipos",
  noTeam: "Sin equipo",
  days: (from: string, to: string) => `Del ${from} al ${to}`,
  file: "Descargar (CSV)",
  of: (part: number, of: number) => `${whole(part)} de ${whole(of)}`,
  in: (count: number, time: string) => `${whole(count)} en ${time}`,
  below: (period: PeriodName) => `En pequeño: ${before[period]}`,
  whatIs: (name: string) => `¿Qué es «${name}»?`,
  opens: (name: string, count: number) => `${name}: abrir las llamadas con estas ${whole(count)}`,
  opensWhole: (name: string, count: number) => `${name}: abrir las llamadas con las ${whole(count)} en total`,
  updated: (time: string) => `Datos de las ${time}`,
  uncounted: (count: number) => counted(count, { one: "Aún se está añadiendo # llamada anterior", many: "Aún se están añadiendo # de llamadas anteriores", other: "Aún se están añadiendo # llamadas anteriores" }),
  failed: "No se pudieron cargar los indicadores",
  outdated: "Estos indicadores pueden no estar al día",
  noneTitle: "Sin llamadas en este periodo",
  noneText: "Los indicadores aparecen con la primera llamada.",
  trend: "Tendencia",
  trendOf: "Indicador",
  trendLabel: (name: string, first: string, last: string) => `${name}, semana a semana, del ${first} al ${last}. Lo mismo está abajo en una tabla.`,
  asTable: "Como tabla",
  week: "Semana del",
  teams: "Equipos comparados",
  agents: (team: string) => `Agentes de ${team}`,
  agent: "Persona",
  sortBy: (name: string) => `Ordenar por ${name}`,
  moreGroups: (count: number) => `Solo se muestran los primeros ${whole(count)}; el total los incluye a todos.`,
  behind: (name: string, days: string) => `${name}: ${days}`,
  counted: (name: string, count: number) => `${name}, en total ${whole(count)}`,
  allCalls: "Mostrar todas las llamadas",
  myDay: "Su día",
  myDayText: "Estos números solo los ven usted y quien dirige su equipo. No se compara a nadie con nadie.",
  myCalls: "Llamadas",
  myRecovered: "Negativas recuperadas",
  myCards: "Tarjetas usadas",
  promises: "Prometido para un día o una hora",
  stillOpen: (count: number) => counted(count, { one: "# por cumplir", many: "# por cumplir", other: "# por cumplir" }),
  kept: "Cumplida",
  keptOne: (words: string) => `Cumplida: ${words}`,
  keptHere: "Su responsable ve lo que usted marca como cumplido; nada más lo dice.",
  noPromises: "Nada por ahora.",
  promise: "«{words}», a {name}",
};
