import { primary } from "../../languages";

/**
 * What to say into the microphone to see a card. In the language that the server recognises, whatever the page speaks.
 * Each is a refusal of that language's built-in playbook. Next: `screens/start/MicPanel.svelte`.
 */
const REFUSALS: { [language: string]: string } = {
  en: "I'm sorry, there is nothing I can do",
  es: "Lo siento, no puedo hacer nada",
};

/** Null for a language that none is known for. */
export const refusalIn = (tag: string): string | null => REFUSALS[primary(tag)] ?? null;
