/** The Spanish texts of the supervisor's wall. */
import { whole } from "../format";
import { counting, naming } from "./forms";
import type { wall as english } from "./wall.en";

const counted = counting("es");
const alerts = (count: number) => counted(count, { one: "# alerta", other: "# alertas" });

export const wall: typeof english = {
  help: "Ayuda",
  owner: "A cargo de",
  showLive: "Solo en curso",
  team: "Equipo",
  everyTeam: "Todos los equipos",
  columns: { talk: "Habla el agente", refusals: "Negativas", muted: "Tarjetas", delay: "Retraso", language: "Idioma" },
  refusalsCount: (count, deadEnds) => (deadEnds > 0 ? `${whole(count)}, ${whole(deadEnds)} sin salida` : whole(count)),
  muted: "silenciadas",
  missed: (titles) => `Sin decir a tiempo: ${titles}`,
  missedShort: "Sin decir",
  summary: ({ help, critical, warning, others }) =>
    [
      help > 0 ? counted(help, { one: "# pide ayuda", other: "# piden ayuda" }) : "",
      critical > 0 ? counted(critical, { one: "# crítica", other: "# críticas" }) : "",
      warning > 0 ? counted(warning, { one: "# advertencia", other: "# advertencias" }) : "",
      counted(others, { one: "# más", other: "# más" }),
    ]
      .filter(Boolean)
      .join(" · "),
  held: "Las filas no se mueven mientras usted lee.",
  toTop: "Mostrarla",
  view: "Vista",
  viewTitle: "Cómo se ve el tablero",
  density: "Filas",
  densities: { comfortable: "Amplias", compact: "Compactas" },
  columnsTitle: "Más columnas",
  notices: "Avisos",
  noticesTitle: "Cuando llega una alerta",
  noticesText: "El número en el título y el icono de la pestaña cuenta las alertas abiertas de las llamadas en curso. A los lectores de pantalla se les avisa siempre.",
  sound: "Sonido",
  desktop: "En el escritorio",
  desktopDenied: "Este navegador no permite avisos de escritorio para esta página. Permítalos en su configuración.",
  quiet: "Sin sonido ni avisos de escritorio entre estas horas",
  quietFrom: "Desde",
  quietTo: "Hasta",
  followUp: "Por revisar",
  followUpHint: "Alertas sin resolver de llamadas terminadas",
  callsCount: (count) => counted(count, { one: "# llamada", other: "# llamadas" }),
  alertsCount: alerts,
  level: "Nivel",
  everyLevel: "Todos los niveles",
  selectAll: "Seleccionar todo",
  selectOne: (reason, agent) => `Seleccionar: ${reason} ${agent}`,
  selectedCount: (count) => counted(count, { one: "# seleccionada", other: "# seleccionadas" }),
  noteForAll: "Una nota para todas (opcional)",
  acknowledgedToast: (reason) => `Atendida: ${reason}`,
  acknowledgedCount: (count) => `Atendidas: ${alerts(count)}`,
  resolvedCount: (count) => `Resueltas: ${alerts(count)}`,
  failedCount: (count, why) => `No se pudieron cambiar ${alerts(count)}: ${why}`,
  reopen: "Abrir de nuevo",
  activity: "Actividad",
  activityTitle: "Qué se hizo hoy",
  resolvedToday: "Resueltas hoy",
  everything: "Todo lo de hoy",
  person: "Persona",
  everyone: "Todos",
  noActivity: "Nada todavía.",
  moreActivity: "Solo se muestran las más recientes.",
  deed: naming({
    open: "abrió de nuevo",
    acknowledged: "atendió",
    resolved: "resolvió",
    false_alarm: "marcó como falsa alarma",
    false_alarm_undone: "retiró la marca de falsa alarma",
    noted: "anotó",
  }),
  callWith: (agent, customer) => `${agent} con ${customer}`,
};
