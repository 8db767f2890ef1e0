/** Every word that the screens say, in the language of the page. Next: everything that draws or explains. */
import type { Language } from "../languages";
import { preferences } from "../live/preferences.svelte";
import { en, type Texts } from "./en";
import { es } from "./es";

const ALL: { [language in Language]: Texts } = { en, es };

/** Read in a component or a `$derived`, a text follows the language as soon as it changes. */
export const texts: Texts = new Proxy(en, { get: (_, part) => Reflect.get(ALL[preferences.language], part) as unknown });
