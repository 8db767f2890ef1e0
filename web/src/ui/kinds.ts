/**
 * What the kinds of cue of one call are called and how they look: the built-in ones, and those of its playbook.
 *
 * Each screen of a call provides them (`provideKinds`), whatever draws a cue uses them (`useKinds`).
 */
import { getContext, setContext } from "svelte";
import { lookOf, type Look } from "../glossary";
import { texts } from "../texts";
import type { OwnKind } from "../types";

export interface Kinds {
  name: (kind: string, otherwise?: string) => string;
  look: (kind: string) => Look;
}

/** `own` is asked each time: a call's first event may come later than its screen. */
export function kindsOf(own: () => readonly OwnKind[]): Kinds {
  const find = (kind: string) => own().find((one) => one.id === kind);
  return {
    name: (kind, otherwise) => find(kind)?.title ?? texts.kind(kind, otherwise),
    look: (kind) => {
      const found = find(kind);
      return found ? { tone: found.colour, icon: "tag" } : lookOf(kind);
    },
  };
}

const KEY = Symbol("kinds of cue");
const BUILT_IN = kindsOf(() => []);

export function provideKinds(own: () => readonly OwnKind[]): Kinds {
  return setContext(KEY, kindsOf(own));
}

export const useKinds = () => getContext<Kinds | undefined>(KEY) ?? BUILT_IN;
