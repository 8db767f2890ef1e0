/** Who may have an alternative, how often and when, in one line. Pure. */
import { whole } from "../format";
import type { Texts } from "../texts/en";
import { namesAt, textAt, textsAt } from "./paths";
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

const USUAL_TIER = "standard"; // of a call that says nothing: `Customer.tier` in events.py

/** The customer tiers that a playbook knows of, the usual one first. */
export function tiersIn(document: Value): string[] {
  const offers = namesAt(document, ["policies"]).flatMap((policy) => {
    const path = ["policies", policy, "alternatives"];
    return namesAt(document, path).flatMap((offer) => textsAt(document, [...path, offer, "tiers"]));
  });
  return [...new Set([USUAL_TIER, ...offers])];
}
