/** Who may have an alternative, how often and when, in one line. Pure. */
import { whole } from "../../../format";
import type { Texts } from "../../../texts/en";
import { namesAt, textAt, textsAt, valueAt } from "./paths";
import type { Value } from "./types";

/** Empty: no condition. */
export function offerConditions(offer: Value | undefined, { playbook }: Texts): string {
  const at = (...path: string[]) => textAt(offer ?? null, path);
  const [from, until] = [at("from"), at("until")];
  const often = at("per_customer", "times") && playbook.perCustomer(whole(Number(at("per_customer", "times"))), whole(Number(at("per_customer", "days"))));
  const parts = [
    textsAt(offer ?? null, ["tiers"]).join(", "),
    Number(at("per_call") || 1) > 1 ? playbook.perCall(whole(Number(at("per_call")))) : "",
    often,
    from || until ? [from, until].join(" – ") : "",
  ];
  return parts.filter(Boolean).join("; ");
}

/** Who must say something, by when, and what starts the time, in one line. */
export function disclosureTerms(disclosure: Value | undefined, { kind: builtIn, playbook, speakers }: Texts, kind = builtIn): string {
  const at = (name: string) => textAt(disclosure ?? null, [name]);
  const seconds = at("within_s");
  const start = clockStart(textsAt(disclosure ?? null, ["after"]), at("after_kind") && kind(at("after_kind")));
  const byEnd = valueAt(disclosure ?? null, ["by_end"]) === true;
  const atEnd = start ? playbook.byTheEndAfter(start) : playbook.byTheEnd;
  const soon = start ? playbook.withinAfter(seconds, start) : playbook.within(seconds);
  const terms = !seconds ? atEnd : byEnd ? playbook.orElse(soon, playbook.byTheEndAtLatest) : soon;
  return `${at("speaker") === "customer" ? speakers.customer : speakers.agent}, ${terms}`;
}

/** The cue or the first phrase that starts the time; empty: the call itself does. */
function clockStart(phrases: readonly string[], cue: string): string {
  const [first, ...more] = phrases;
  const said = first && (more.length > 0 ? `“${first}” …` : `“${first}”`);
  return [cue, said].filter(Boolean).join(" · ");
}

const USUAL_TIER = "standard"; // of a call that says nothing: `Customer.tier` in events.py

/** The customer tiers that a playbook knows of, the usual one first. */
export function tiersIn(document: Value): string[] {
  const offers = namesAt(document, ["policies"]).flatMap((policy) => {
    const path = ["policies", policy, "alternatives"];
    return namesAt(document, path).flatMap((offer) => textsAt(document, [...path, offer, "tiers"]));
  });
  return [...new Set([USUAL_TIER, ...offers])];
}
