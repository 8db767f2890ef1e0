/**
 * What stands beside the transcript of a call, in the order of its tabs. A part of the page is one row here and one
 * component, which gets `SideProps`; its label is a text of its own in both languages.
 *
 * Next: `SideTabs.svelte` draws the tabs and keeps those that were opened, so that nothing typed in one is lost.
 */
import type { Component } from "svelte";
import type { Player } from "../../live/player.svelte";
import { texts } from "../../texts";
import ClipsTab from "./clips/ClipsTab.svelte";
import NotesTab from "./marks/NotesTab.svelte";
import MomentsTab from "./MomentsTab.svelte";
import RefusalsTab from "./RefusalsTab.svelte";
import SummaryTab from "./SummaryTab.svelte";
import type { Timeline } from "./timeline";

export interface SideProps {
  callId: string;
  whole: Timeline; // `whole.state` is the call
  player: Player; // `goTo(ms)` shows the words of a time too
}

export interface SideTab {
  id: string; // in the address: ?tab=
  label: () => string;
  component: Component<SideProps>;
}

export const SIDE_TABS: readonly SideTab[] = [
  { id: "moments", label: () => texts.callPage.tabs.moments, component: MomentsTab },
  { id: "summary", label: () => texts.insight.tabs.summary, component: SummaryTab },
  { id: "refusals", label: () => texts.insight.tabs.refusals, component: RefusalsTab },
  { id: "notes", label: () => texts.marks.tab, component: NotesTab },
  { id: "clips", label: () => texts.clips.tab, component: ClipsTab },
];

/** On a narrow screen the transcript is one of the tabs, the first. */
export const TRANSCRIPT = "transcript";

/** The tab to show of all that there are, for the one in the address. */
export function shownTab(wanted: string | null, ids: readonly string[], isNarrow: boolean): string {
  if (isNarrow) return wanted !== null && ids.includes(wanted) ? wanted : TRANSCRIPT;
  return wanted !== null && ids.includes(wanted) ? wanted : (ids[0] ?? TRANSCRIPT);
}

/** The tab that an arrow key, Home or End leads to; null for any other key. */
export function tabByKey(key: string, shown: string, ids: readonly string[]): string | null {
  const at = ids.indexOf(shown);
  const steps: { [key: string]: number } = { ArrowRight: at + 1, ArrowLeft: at - 1 + ids.length, Home: 0, End: ids.length - 1 };
  const target = steps[key];
  return target === undefined ? null : (ids[target % ids.length] ?? null);
}
