/**
 * One side of a two-channel recording in both ears: left is the agent, right the customer.
 *
 * Nothing is taken apart until a side is chosen for the first time: from then on the browser's audio graph plays the element.
 */
import type { Side } from "./playerchoices";

const CHANNEL = { agent: 0, customer: 1 } as const;

export function oneSide(): { use: (element: HTMLAudioElement, side: Side) => void; close: () => void } {
  let graph: { context: AudioContext; source: MediaElementAudioSourceNode; splitter: ChannelSplitterNode; merger: ChannelMergerNode } | null = null;

  let last: Side = "both";

  function made(element: HTMLAudioElement) {
    const context = new AudioContext();
    const splitter = context.createChannelSplitter(2);
    const merger = context.createChannelMerger(2);
    merger.connect(context.destination);
    return { context, source: context.createMediaElementSource(element), splitter, merger };
  }

  /** Only when somebody does something: else the browser lets the graph make no sound. */
  function use(element: HTMLAudioElement, side: Side): void {
    if (side === last) return;
    last = side;
    element.dataset.side = side;
    graph ??= made(element);
    const { context, source, splitter, merger } = graph;
    void context.resume();
    source.disconnect();
    splitter.disconnect();
    if (side === "both") {
      source.connect(context.destination);
      return;
    }
    source.connect(splitter);
    for (const ear of [0, 1]) splitter.connect(merger, CHANNEL[side], ear);
  }

  return { use, close: () => void graph?.context.close() };
}
