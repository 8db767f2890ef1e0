/** Spanish words for what the wire calls by a name. Next: `es.ts` puts them into sentences. */
import type { Kind } from "../glossary";
import type { Connection } from "../live/socket";
import type { By, CallStatus, CardOutcome, CardVolume, DisclosureState, DoubtCode, EndReason, GapCause, Level, LineSound, Speaker } from "../types";
import type { SortKey } from "../screens/supervisor/wallview";

export const speakers: By<Speaker> = { agent: "Agente", customer: "Cliente" };
export const levels: By<Level> = { critical: "Crítica", warning: "Advertencia", info: "Aviso" };
export const statuses: By<CallStatus> = { live: "En curso", ended: "Terminada", failed: "Fallida" };

export const endReasons: By<EndReason> = {
  hangup: "Se colgó",
  vanished: "La central telefónica desapareció",
  shutdown: "Terminó porque se detuvo voiceassist",
  interrupted: "Interrumpida: voiceassist se detuvo en plena llamada",
  idle: "Terminó tras un silencio largo",
  peer_error: "La central telefónica cometió un error y se cortó",
};

export const kinds: By<Kind> = {
  refusal: "Negativa",
  alternative: "Alternativa",
  overpromise: "Promesa excesiva",
  giveaway: "Concesión",
  coercion: "Presión",
  vague_commitment: "Promesa vaga",
  quick_yes: "Sí precipitado",
  profanity: "Palabrotas",
  insult: "Insulto",
  threat: "Amenaza",
  slur: "Expresión discriminatoria",
  sexual: "Comentario sexual",
  legal_threat: "Amenaza legal",
  escalation: "Pide un supervisor",
  churn: "Quiere darse de baja",
  purchase_intent: "Quiere comprar",
  frustration: "Frustración",
  help: "El agente pide ayuda",
  break: "Descanso",
};

export const gapCauses: By<GapCause> = {
  silent: "no llegó audio",
  lost: "se perdió audio en el camino",
  overflow: "el audio llegó más rápido de lo que se pudo escuchar",
  line_lost: "se perdió la línea",
  held: "la llamada estaba en espera",
  rate_changed: "el audio llegó con otra frecuencia que la anunciada: aquí palabras y tiempos pueden ser erróneos",
};

export const doubts: By<DoubtCode> = {
  container: "el audio empieza como un archivo",
  encoding: "el audio no está en la codificación anunciada",
  channels: "el audio tiene otros canales que los anunciados",
  dead_leg: "no llega nada, ni siquiera ruido",
  rate_mismatch: "el audio quizá suena demasiado rápido o lento: palabras y tiempos pueden ser erróneos",
  clipping: "las palabras fuertes llegan recortadas",
  dc_offset: "el audio no oscila alrededor de cero",
};

export const reachLimits = {
  classifier_alone: "solo lo encontró el modelo entrenado",
  weak_rule: "la frase sola no es segura y el modelo entrenado no la confirma",
  unsure_words: "sus palabras no se oyeron con seguridad",
  language: "este lado quizá hable otro idioma",
  one_voice: "las dos líneas llevan el mismo audio: no se sabe quién lo dijo",
  playbook: "la guía no le permite más",
};
export const sounds: By<LineSound> = { music: "Música de espera", ringing: "Tono de llamada", busy: "Tono de ocupado", dtmf: "Tecla pulsada", beep: "Pitido" };
/** En mitad de una frase. */
export const sides: By<Speaker> = { agent: "agente", customer: "cliente" };

export const outcomes: By<CardOutcome> = {
  used: "usada",
  dismissed: "descartada",
  followed: "ya no hace falta: usted lo dijo",
  recovered: "ya no hace falta: usted ofreció una alternativa",
  refreshed: "renovada por una negativa más reciente",
  retracted: "retirada: las palabras resultaron ser otras",
  stale: "ya no hace falta: pasó su momento",
  superseded: "reemplazada por una más urgente",
  muted: "retirada: las tarjetas están silenciadas",
  call_ended: "retirada al terminar la llamada",
};

export const reviewOutcomes: By<CardOutcome> = {
  used: "usada",
  dismissed: "descartada",
  followed: "seguida",
  recovered: "recuperada",
  refreshed: "renovada",
  retracted: "retirada",
  stale: "no se usó a tiempo",
  superseded: "reemplazada",
  muted: "silenciada",
  call_ended: "abierta al final",
};

export const cardVolumes: By<CardVolume> = { fewer: "Menos", normal: "Lo normal", more: "Más" };

export const disclosureStates: By<DisclosureState> = { due: "Falta decir", said: "Dicho", missed: "No se dijo", withdrawn: "Ya no hace falta decirlo" };

export const sorts: By<SortKey> = {
  urgency: "Más urgentes",
  longest: "Más largas",
  newest: "Más recientes",
  agent: "Agente",
  dead_ends: "Sin salida",
};

export const connection: By<Connection> = {
  connecting: "Conectando…",
  open: "En curso",
  waiting: "Se perdió la conexión. Reconectando…",
  closed: "Desconectado",
};

/** What the server may answer to a screen; it speaks English, so its codes are put into words here. */
