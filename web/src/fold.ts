/** Text as it is compared: neither case nor the way an accent is stored makes a difference. Pure. */

/** `Ñ`, `ñ` and `n` with a combining tilde become the same. */
export const fold = (text: string) => text.normalize("NFD").toLowerCase();

/** As people type in a hurry: `nunez` finds `Núñez`. */
export const plain = (text: string) => fold(text).replace(/\p{Diacritic}/gu, "");
