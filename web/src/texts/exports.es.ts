/** The Spanish texts of the menu that takes a call elsewhere. Next: `es.ts`. */
import type { exports as english } from "./exports.en";

export const exports: typeof english = {
  menu: "Exportar",
  print: "Imprimir o guardar como PDF",
  md: "Texto (Markdown)",
  html: "Página (HTML)",
  vtt: "Subtítulos (WebVTT)",
  srt: "Subtítulos (SRT)",
  json: "Todos los eventos (JSON)",
  ogg: "Sonido (Ogg)",
  wav: "Sonido (WAV)",
};
