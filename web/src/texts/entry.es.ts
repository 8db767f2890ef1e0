/** Las palabras de la entrada en español. */
import type { Role } from "../roles";
import type { By } from "../types";
import type { entry as english } from "./entry.en";
import { naming } from "./forms";

const roles: By<Role> = { agent: "Agente", supervisor: "Supervisión", reviewer: "Revisión", author: "Guías", all: "Todo" };

const reasons: { readonly [code: string]: string } = {
  help: "El agente pide ayuda.",
  missing: "No se dijo a tiempo algo que hay que decir.",
  dead_end: "Tras una negativa no se ofreció ninguna alternativa.",
  profanity: "El cliente sigue diciendo palabrotas.",
  insult: "El cliente insulta al agente.",
  threat: "El cliente amenaza con hacer daño a alguien.",
  slur: "El cliente usa un insulto discriminatorio.",
  sexual: "El cliente acosa sexualmente al agente.",
  legal_threat: "El cliente amenaza con acudir a un abogado, a una autoridad o al público.",
  escalation: "El cliente pide hablar con un responsable o con otra persona.",
  churn: "El cliente quiere irse.",
};

const actions: { readonly [key: string]: string } = {
  "1": "Usar la primera oferta",
  "2": "Usar la segunda oferta",
  "3": "Usar la tercera oferta",
  d: "Mostrar los detalles de la tarjeta",
  w: "Mostrar por qué vino la tarjeta",
  p: "Pausar o reanudar la grabación",
  a: "Atender la alerta",
  r: "Resolver la alerta",
  u: "Deshacer lo último",
  "?": "Mostrar las teclas",
  " ": "Reproducir o pausar",
  j: "Línea siguiente",
  k: "Línea anterior",
};

export const entry: typeof english = {
  roleTitle: "¿Qué hace usted aquí?",
  roleText: "Verá las páginas de su función. Puede cambiarla en cualquier momento, arriba en cada página.",
  role: naming(roles),
  roleDoes: naming({
    agent: "Habla con clientes y recibe una tarjeta cuando ayuda.",
    supervisor: "Sigue todas las llamadas en curso y ayuda cuando hace falta.",
    reviewer: "Lee y escucha llamadas terminadas.",
    author: "Escribe las guías: qué se puede ofrecer y qué se avisa a quién.",
    all: "Todas las páginas, como en un equipo pequeño.",
  } satisfies By<Role>),
  roleLabel: (role) => `Función: ${role}`,
  chosen: "elegida",
  you: (name) => `como ${name}`,
  notYou: "Otra persona",
  micTest: "Probar el micrófono",
  micTestText: "Hable y vea lo que se entiende, como una llamada de prueba suya.",
  whoTitle: "¿Quién es usted?",
  whoText: "Así su pantalla sigue sus propias llamadas.",
  whoList: "Agentes de las últimas llamadas",
  whoId: "Su identificador de agente en la central telefónica",
  whoNone: "Aún no llegó ninguna llamada. Escriba el identificador con el que le conoce la central.",
  whoGo: "Soy yo",
  whoError: "No se pudo cargar la lista de agentes.",
  awaitTitle: (callId) => `Esperando la llamada ${callId} de la central telefónica`,
  awaitText: "Esta pantalla se abre automáticamente cuando empieza la llamada.",
  awaitAgain: "Esperarla",
  goneTitle: (callId) => `La llamada ${callId} no está`,
  goneText: "No llegó, su dirección está mal escrita o se borró.",
  continues: "La llamada se cortó y continúa.",
  toContinuation: "Abrirla",
  failedText: "Se conserva lo que se oyó hasta entonces. Continúe sin voiceassist; si se repite, avise a quien lo administra.",
  forAdmin: "Para quien administra voiceassist",
  reason: naming(reasons),
  unsaid: (title: string) => `No se dijo a tiempo: ${title}.`,
  keys: "Teclas",
  keysTitle: "Teclas de un solo carácter",
  keysText: "Si dicta o pulsa teclas sin querer, desactívelas o elija otras. Intro, Esc y las flechas se quedan.",
  keysOn: "Usar estas teclas",
  keyOf: naming(actions),
  keyHow: "Vaya a un campo y pulse la tecla que quiera.",
  keySpace: "Espacio",
  keyTaken: (key) => `«${key}» ya significa otra cosa.`,
  keyReset: "Como estaban",
  keysChange: "Cambiar o desactivar las teclas",
  tested: "Prueba del micrófono",
  delays: "Demora tras las palabras",
  delayCard: (ms) => `tarjeta ${ms} ms`,
  delayAlert: (ms) => `alerta ${ms} ms`,
  delayNone: "aún ninguna",
};
