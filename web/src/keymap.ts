/**
 * Keys of one character as a person wants them (WCAG 2.1.4): switched off, or on other keys. Pure.
 *
 * Screens know the standard keys only; what was pressed is translated into those. Next: `keys.ts`.
 */
export interface KeyMap {
  readonly off: boolean;
  readonly moved: { readonly [standard: string]: string }; // to the key that was chosen instead
}

export const STANDARD: KeyMap = { off: false, moved: {} };

const isCharacter = (key: string) => [...key].length === 1;
const small = (key: string) => (isCharacter(key) ? key.toLowerCase() : key);

/** The standard key that a pressed one stands for; null for one that is switched off or was given away. */
export function meant(pressed: string, { off, moved }: KeyMap): string | null {
  const key = small(pressed);
  if (!isCharacter(key)) return key; // Enter, Esc, the arrows
  if (off) return null;
  const standard = Object.keys(moved).find((one) => moved[one] === key);
  return standard ?? (Object.hasOwn(moved, key) ? null : key);
}

/** The key to press for a standard one, as a page shows it; null where it is switched off. */
export function keyFor(standard: string, { off, moved }: KeyMap): string | null {
  const key = small(standard);
  if (!isCharacter(key)) return standard;
  return off ? null : (moved[key] ?? key).toLocaleUpperCase();
}

/** With a standard key on another one; null where that means something else already. */
export function withMoved(map: KeyMap, standard: string, key: string, all: readonly string[]): KeyMap | null {
  const chosen = small(key);
  const others = all.filter((one) => one !== standard).map((one) => map.moved[one] ?? one);
  if (!isCharacter(chosen) || others.includes(chosen)) return null;
  const { [standard]: _, ...moved } = map.moved;
  return { ...map, moved: chosen === standard ? moved : { ...moved, [standard]: chosen } };
}

/** What a browser remembered; anything else than that is the standard. */
export function asKeyMap(text: string): KeyMap {
  try {
    const { off, moved } = JSON.parse(text) as KeyMap;
    const kept = Object.entries(moved).filter(([from, to]) => isCharacter(from) && typeof to === "string" && isCharacter(to));
    return { off: off === true, moved: Object.fromEntries(kept) };
  } catch {
    return STANDARD;
  }
}
