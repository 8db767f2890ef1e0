/** A mark of the lanes in words. Pure. Next: tooltips of `Lanes.svelte`, the list of moments. */
import { reasonOf } from "../../reason";
import { texts } from "../../texts";
import type { Kinds } from "../../ui/kinds";
import type { Mark } from "./lanes";

export function saysOf(mark: Mark, kinds: Kinds): string {
  switch (mark.type) {
    case "cue":
      return mark.view.cue.words ? `${kinds.name(mark.view.cue.kind)}: “${mark.view.cue.words}”` : kinds.name(mark.view.cue.kind);
    case "card":
      return `${texts.review.card}: ${mark.view.prompt.headline}`;
    case "alert":
      return `${texts.levels[mark.view.alert.level]}: ${reasonOf(mark.view.alert)}`;
    case "coaching":
      return `${mark.view.sent.by}: ${mark.view.sent.text}`;
    case "span":
      return [texts.callPage.spans[mark.kind], ...(mark.speaker ? [texts.speakers[mark.speaker]] : []), texts.callPage.lasts(Math.max(1, Math.round((mark.end_ms - mark.at_ms) / 1000)))].join(", ");
  }
}
