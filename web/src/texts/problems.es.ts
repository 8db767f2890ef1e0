/** What is wrong with a draft, in Spanish, by the server's codes. In English it comes from the server as it is. */
import { whole } from "../format";
import type { ProblemView } from "../rest.gen";

type Given = Readonly<Record<string, string | number>>;
type Code = Exclude<NonNullable<ProblemView["code"]>, "other">;

const number = (value: string | number | undefined) => whole(Number(value ?? 0));
const range = ({ low, high }: Given) => (low === undefined || high === undefined ? "" : ` entre ${number(low)} y ${number(high)}`);
const phrase = (why: (given: Given) => string) => (given: Given) => (given.phrase === undefined ? why(given) : `frase «${given.phrase}»: ${why(given)}`);

export const problems: { readonly [code in Code]: (given: Given) => string } = {
  missing: () => "falta",
  empty: () => "está vacío; dele un valor o quítelo",
  unknown_name: ({ name }) => `nombre desconocido: «${name}»`,
  unknown_name_near: ({ name, near }) => `nombre desconocido: «${name}»; el válido más parecido es «${near}»`,
  unknown_name_valid: ({ name, valid, more }) => `nombre desconocido: «${name}»; válidos: ${valid}${Number(more) > 0 ? ` y ${number(more)} más` : ""}`,
  not_whole: (given) => `debe ser un número entero${range(given)}, no «${given.value}»`,
  quoted_number: (given) => `debe ser un número entero${range(given)}: ${given.value}, sin comillas`,
  not_a_number: (given) => `debe ser un número${range(given)}, no «${given.value}»`,
  out_of_range: (given) => `debe estar${range(given)}, no ${given.value}`,
  number_as_text: ({ value }) => `debe ser un texto; póngalo entre comillas: "${value}"`,
  not_a_text: () => "debe ser un texto",
  empty_text: () => "está vacío; escriba algo o quítelo",
  not_an_id: () => "solo puede tener letras, cifras, - y _, sesenta como máximo",
  not_a_flag: () => "debe ser sí o no (true o false)",
  not_a_list: () => "debe ser una lista",
  not_a_mapping: () => "debe ser una serie de nombres con sus valores",
  too_few: ({ least }) => `necesita al menos ${number(least)}`,
  too_many: ({ most }) => `puede tener ${number(most)} como máximo`,
  not_a_language: ({ tag }) => `debe ser un idioma como en o es-MX, no «${tag}»`,
  not_a_day: ({ day }) => `debe ser un día como 2026-12-31, no «${day}»`,
  unknown_placeholder: ({ name }) => `«{${name}}» no representa nada; solo {topic} y {title}`,
  no_general_policy: () => "falta: es la política para lo que no encaja en ninguna otra",
  builtin_rule_name: () => "es el nombre de una regla incluida; elija otro, o desactive aquella",
  no_sensitivity: ({ kind }) => `«${kind}» se encuentra solo por sus frases; esto es para las demás señales`,
  never_kept: ({ kind }) => `«${kind}» siempre se tapa o se quita`,
  no_time: () => "falta; indíquelo, o marque que basta con decirlo antes de que acabe la llamada",
  until_before_from: ({ day }) => `es anterior al primer día (${day})`,
  rung_twice: ({ rung }) => `«${rung}» está dos veces; cada peldaño es una tarjeta propia`,
  offer_twice: ({ policy }) => `también es una alternativa de «${policy}»; los usos se cuentan por el nombre: elija otro`,
  builtin_kind_name: () => "es el nombre de una señal incluida; elija otro",
  name_fixed: ({ now, wanted }) => `es «${now}»; debe seguir siendo «${wanted}»`,
  default_has_teams: ({ language }) => `es la guía predeterminada de las llamadas en «${language}», así que es para todos los equipos: déjelo vacío`,
  default_language: ({ language, now }) => `es la guía predeterminada de las llamadas en «${language}», así que no puede ser «${now}»`,
  no_engine: ({ language, languages }) => `aquí ningún motor oye llamadas en «${language}» (solo: ${languages}); ponga antes engines.${language} en la configuración`,
  team_taken: ({ team, other }) => `el equipo «${team}» ya tiene la guía «${other}»: quítelo de una de las dos`,
  not_yaml: ({ why }) => `no es YAML: ${why}`,
  file_too_long: ({ most }) => `tiene más de ${number(most)} caracteres`,
  file_empty: () => "está vacío",
  not_utf8: () => "no está en UTF-8; guárdelo en UTF-8",
  second_document: () => "tiene un segundo documento después de ---; deje uno",
  alias: ({ name }) => `*${name}: no se pueden usar alias; escríbalo entero`,
  tag: ({ tag }) => `la etiqueta ${tag} no se puede usar`,
  given_twice: () => "está dos veces; deje uno",
  name_not_text: () => "un nombre debe ser un texto",
  phrase_too_long: phrase(({ most }) => `tiene más de ${number(most)} caracteres`),
  phrase_too_large: phrase(() => "resulta demasiado grande; use listas o huecos más pequeños"),
  phrase_all_optional: phrase(() => "necesita al menos una palabra que no sea opcional"),
  phrase_out_of_place: phrase(({ found, wanted }) => `${found ? `«${found}»` : "el final"} donde se esperaba ${wanted ? `«${wanted}»` : "una palabra"}`),
  phrase_empty_choice: phrase(() => "una opción vacía; escriba [x] para algo opcional"),
  phrase_stray_sign: phrase(({ sign }) => `«${sign}» no significa nada aquí`),
  phrase_too_deep: phrase(({ most }) => `paréntesis dentro de paréntesis, más de ${number(most)}`),
  phrase_unknown_list: phrase(({ name }) => `no hay ninguna lista <${name}>`),
  phrase_unknown_list_near: phrase(({ name, near }) => `no hay ninguna lista <${name}>; la más parecida es <${near}>`),
  phrase_gap: phrase(({ words, most }) => `un hueco de ${number(words)} palabras; puede ser de 1 a ${number(most)}`),
  phrase_no_word: phrase(({ word }) => `«${word}» no es una palabra`),
  phrase_no_part: phrase(({ word }) => `«${word}» no es una palabra; * va delante o detrás de una parte de una`),
};
