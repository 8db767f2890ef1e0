/** Los mismos textos en español. */
import type { recovery as en } from "./recovery.en";

export const recovery: typeof en = {
  title: "Después de esta llamada",
  happened: "En esta llamada le insultaron, le amenazaron o le acosaron. Consta en la llamada.",
  seenBy: (names) => `Su supervisión lo sabe: ${names} se hizo cargo de la alerta de esta llamada.`,
  seenByNobody: "Su supervisión tiene la alerta de esta llamada; nadie se ha hecho cargo todavía.",
  noAlert: "Su supervisión puede verlo en el historial de la llamada.",
  note: "Si quiere, anote lo que convenga saber de ella.",
  take: "Tómese cinco minutos",
  takeHint: "Su supervisión ve que se toma un descanso",
  taken: "Está en un descanso: su supervisión lo ve.",
  back: "He vuelto",
  go: "Ir al cierre",
  told: "Tómese su descanso. Su supervisión lo sabe.",
  over: "Su supervisión sabe que ha vuelto.",
  fineOn: "Dijo que está bien: más de lo mismo no trae tarjetas. Lo que sea peor, sí.",
  fineUndo: "Deshacer",
  fineOver: "Las tarjetas vuelven como antes.",
  rose: "El cliente fue más lejos: vuelven las tarjetas.",
  rowFine: "el agente está bien",
  rowFineHint: "El agente dijo: estoy bien. Más de lo mismo no trae alertas; lo crítico, sí.",
  history: { said: "El agente dijo: estoy bien", undone: "El agente retiró su «estoy bien»", rose: "El cliente fue más lejos: vuelven tarjetas y alertas", offered: "Tras esta llamada abusiva se ofrece un momento al agente" },
};
