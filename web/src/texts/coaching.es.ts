/** Los mismos textos en español: los mensajes de quien supervisa, y quién viene a ayudar. */
import type { CoachingAnswer } from "../types";
import type { coaching as english } from "./coaching.en";
import { whole } from "../format";
import { counting, naming } from "./forms";

const counted = counting("es");
const answers = { thumbs_up: "Bien, gracias", need_you: "Venga, por favor", text: "Respuesta" } satisfies { [answer in CoachingAnswer]: string };

export const coaching: typeof english = {
  title: "Mensajes",
  message: "Mensaje",
  toAgent: "Mensajes al agente",
  box: "Escribir al agente",
  boxHint: "Una línea para el agente; la ve cuando no tiene ninguna tarjeta en pantalla",
  nothing: "Aún no hay nada escrito. El agente ve una línea cada vez y puede responder con una tecla.",
  send: "Enviar",
  snippets: "Los mensajes de la guía",
  snippetKey: (number: number) => `Alt + ${whole(number)}`,
  over: "La llamada ya terminó: no se puede escribir nada más a su agente.",
  left: (count: number) => counted(count, { one: "queda # carácter", other: "quedan # caracteres" }),
  sent: (time: string) => `enviado ${time}`,
  delivered: (time: string) => `entregado ${time}`,
  seen: (time: string) => `visto ${time}`,
  answered: (time: string) => `respondido ${time}`,
  sending: "enviando…",
  waiting: "a la espera de la conexión…",
  refused: (why: string) => `No se envió. ${why}`,
  again: "Enviar de nuevo",
  drop: "Descartar",
  withdraw: "Retirar",
  answer: naming(answers),
  thumbsUp: "Bien, gracias",
  needYou: "Venga, por favor",
  reply: "Responder con palabras",
  answerTo: (name: string) => `Respuesta a ${name}`,
  answersSay: (name: string, answer: string) => `${name} responde: ${answer}`,
  says: (name: string, text: string) => `Mensaje de ${name}: ${text}`,
  none: "Ningún mensaje de quien supervisa",
  history: "Todos los mensajes",
  historyCount: (count: number) => counted(count, { one: "# mensaje", other: "# mensajes" }),
  more: (count: number) => `y ${whole(count)}`,
  notSeen: "sin ver",
  notAnswered: "sin respuesta",
  withCopy: "Copiar también los mensajes",
  helpTold: (time: string) => `Se avisó a supervisión a las ${time}`,
  helpUnheard: (minutes: string) => `Nadie ha respondido en ${minutes} min; la llamada sigue arriba en su tablero`,
  helpComing: (name: string) => `${name} viene`,
  helpDone: (name: string) => `${name}: ayudó`,
  helpClosed: (name: string) => `${name} cerró su petición de ayuda`,
};
