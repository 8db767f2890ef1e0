/** Short names for what the playbook routes answer, and the values that a playbook is made of. */
import type * as rest from "../../../rest.gen";

export type Value = string | number | boolean | null | readonly Value[] | Mapping;
export interface Mapping {
  readonly [name: string]: Value;
}
export type Key = string | number;
export type Path = readonly Key[]; // from the top of the playbook: ["policies", "discount", "asked", 0]

/** One change of a playbook, as PATCH takes it. */
export type Edit =
  | { op: "set"; path: Path; value: Value }
  | { op: "insert"; path: Path; value: Value; to?: number } // in a mapping: at this place, else at its end
  | { op: "remove"; path: Path }
  | { op: "rename"; path: Path; to: string }
  | { op: "move"; path: Path; to: number }; // to this place among its neighbours

/** An edit on its way to be saved; one with `together` is sent, and undone, with the one before it. */
export type Pending = Edit & { together?: true };

/** An answer as screens have it: nobody changes it. */
type Kept<T> = T extends (infer One)[] ? readonly Kept<One>[] : T extends object ? { readonly [key in keyof T]: Kept<T[key]> } : T;
/** The same with what the schema leaves open said exactly: a document is a mapping, a value is JSON. */
type Exactly<T, Fields> = Omit<Kept<T>, keyof Fields> & Readonly<Fields>;

export type Problem = Kept<Required<rest.ProblemView>>;
export type Version = Kept<rest.VersionView>;
export type Draft = Exactly<rest.DraftView, { document: Mapping | null }>; // null: the text is no YAML
export type BuiltinRule = Kept<rest.RuleView>;
export type Builtin = Kept<rest.BuiltinView>;
export type Choice = Kept<rest.PlaybookChoice>;
export type Default = Kept<rest.DefaultPlaybook>;
export type Offer = Kept<rest.OfferView>; // which new calls get a playbook
export type PhraseTry = Exactly<rest.PhraseTryView, { problem: Problem | null }>;
export type PlaybookSummary = Kept<rest.PlaybookSummary>;
export type Available = Kept<rest.HeaderView>; // a built-in playbook that is not in use yet: something to begin with
export type Shelf = Kept<rest.PlaybooksView>;
export type Playbook = Exactly<rest.PlaybookView, { document: Mapping | null; draft: Draft | null }>;
export type VersionText = Exactly<rest.VersionTextView, { document: Mapping }>;
export type Change = Exactly<rest.ChangeView, { before: Value; after: Value }>; // null: was not, is no longer there
export type TryRequest = Pick<Required<rest.Try>, "draft" | "speaker" | "text" | "before" | "tier">;
export type TriedCue = Kept<rest.TrialCue>;
export type TriedAlternative = Kept<rest.OfferShown>;
export type TriedCard = rest.Prompt;
export type Tried = Exactly<rest.TriedView, { card: TriedCard | null }>;
export type Outcome = Kept<rest.ExampleView>;
export type Count = Kept<rest.RuleTally>;
export type Example = Kept<rest.Moment>;
export type BacktestResult = Kept<rest.Backtest>;
export type Backtest = Kept<rest.BacktestView>;
