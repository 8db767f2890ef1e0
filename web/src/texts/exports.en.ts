/** The English texts of the menu that takes a call elsewhere. Next: `en.ts`. */
export const exports = {
  menu: "Export",
  print: "Print or save as PDF",
  md: "Text (Markdown)",
  html: "Page (HTML)",
  vtt: "Captions (WebVTT)",
  srt: "Captions (SRT)",
  json: "Every event (JSON)",
  ogg: "Sound (Ogg)",
  wav: "Sound (WAV)",
};
