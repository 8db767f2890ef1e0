/** Short names for the generated types of the wire and of the API's answers. */
import type { AlertView, AudioDoubted, AudioGap, CallState, CoachingView, Cue, CueView, DisclosureChanged, LineSoundChanged, OwnKind, PhoneActed, PromptView, Record as WireRecord, WallRow } from "./live/protocol.gen";
import type { KpiReport } from "./rest.gen";

export type { Action, Alert, AlertView, Alternative, AudioDoubted, AudioGap, CallState, CoachingView, Cue, CueView } from "./live/protocol.gen";
export type { CrossTalkChanged, DisclosureChanged, LegMergeChanged, LineChanged, LineCorrected, LineSoundChanged, NoteAdded, PhoneActed, PromiseHeard } from "./live/protocol.gen";
export type { CallTag, Final, OwnKind, CallMoment, Prompt, PromptView, ServerMessage, WallRow, Why, Word } from "./live/protocol.gen";
export type { RowWords, ShowWall, WallFilter, WallRows as ChangedRows, WallTotals } from "./live/protocol.gen";
export type { Partial as PartialWords, Record as WireRecord, Snapshot, WallSnapshot } from "./live/protocol.gen";

export type PeriodName = KpiReport["period"];
export type Colour = OwnKind["colour"];
export type Speaker = "agent" | "customer";
export type Level = AlertView["alert"]["level"];
export type CallStatus = CallState["status"];
export type CueStatus = CueView["status"];
export type EndReason = NonNullable<CallState["end_reason"]>;
export type CardOutcome = NonNullable<PromptView["outcome"]>;
export type Consent = CallState["consent"];
export type ConsentNeed = WallRow["consent_need"];
export type CardVolume = CallState["card_volume"];
export type AlertState = AlertView["state"];
export type AlertReason = AlertView["reason"];
export type DisclosureState = DisclosureChanged["state"];
export type GapCause = AudioGap["cause"];
export type DoubtCode = AudioDoubted["code"];
export type Reach = Cue["reach"];
export type ReachLimit = Exclude<Cue["reach_limit"], "">;
export type PhoneDeed = PhoneActed["deed"];
export type LineSound = Exclude<LineSoundChanged["sound"], "none">;
/** What became of a refusal. */
export type CallOutcome = "recovered" | "dead_end" | "taken";
export type By<K extends string> = { readonly [key in K]: string };
export type CoachingAnswer = NonNullable<CoachingView["answer"]>;
export type RecordOf<T extends WireRecord["type"]> = Extract<WireRecord, { type: T }>;

export type { CallBegun, CallSummary, EngineSummary, Hold, Marks, Mention, MentionPage, Page as CallPage, PersonRef, SampleSummary, SeenAgent, ServerStatus, SnippetView, UsedTag, WallPage } from "./rest.gen";
export type { ClipView, PeaksView, SharedClip } from "./rest.gen";
export type { FacetChoice, Facets, FoundLine, QueryDoubt } from "./rest.gen";
export type { PlainSentence, PolicyPage, Quote, RefusalStory, SendingView, SummaryItem, SummaryText, SummaryView } from "./rest.gen";
export type { CallPhone, PhoneAnswer, PhoneWish } from "./rest.gen";
export type { FollowUpChoices, FollowUpItem, FollowUpPage, Owners } from "./rest.gen";
export type { MadePromise, Kpi, KpiGroup, KpiReport, KpiValues, OwnDay, Value as KpiValue } from "./rest.gen";
export type { CapacityState } from "./rest.gen";
export type { Activity, ActivityEntry, AgentDay, AlertsChange, AlertsChanged, NamedAlert } from "./rest.gen";

export type HeardLegs = RecordOf<"listening_changed">["listeners"][number]["legs"];
