/** What is wrong with a draft, in the page's language where we have words for it, else in the server's English. */
import type { Language } from "../../../languages";
import { preferences } from "../../../live/preferences.svelte";
import { problems as spanish } from "../../../texts/problems.es";
import type { Problem } from "./types";

export interface Told {
  text: string;
  lang: Language; // of the text
}

export function sayProblem({ code, given, message }: Pick<Problem, "code" | "given" | "message">): Told {
  const say = preferences.language === "es" && code !== "other" ? spanish[code] : undefined; // a newer server may have more
  return say ? { text: say(given), lang: "es" } : { text: message, lang: "en" };
}

/** Whether the field that is wrong has no place in any form: it can only be taken away. */
export const isStray = ({ code, path }: Problem) => code.startsWith("unknown_name") && typeof path.at(-1) === "string";
