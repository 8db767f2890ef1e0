/**
 * The notes that name whoever is signed in: asked for when a page opens and every minute while it is seen.
 *
 * On an open server nobody has a login, and so no mentions. Next: the account's menu and `ui/MentionsDialog.svelte`.
 */
import { getMentions, readMentions } from "../api";
import type { Mention } from "../types";

const EVERY_MS = 60_000;

class Mentions {
  list = $state.raw<readonly Mention[]>([]);
  unread = $state(0);
  failed = $state(false);
  isOpen = $state(false); // the dialog

  /** Asks until the returned function is called; the count of before stays when an answer does not come. */
  watch(): () => void {
    void this.ask();
    const timer = setInterval(() => document.visibilityState === "visible" && void this.ask(), EVERY_MS);
    return () => clearInterval(timer);
  }

  async ask(): Promise<void> {
    try {
      const { mentions, unread } = await getMentions();
      [this.list, this.unread, this.failed] = [mentions, unread, false];
    } catch {
      this.failed = true;
    }
  }

  /** Shows them; those that are new stay marked until the dialog is opened again. */
  async open(): Promise<void> {
    this.isOpen = true;
    await this.ask();
    if (this.unread === 0) return;
    this.unread = 0;
    await readMentions().catch(() => undefined); // then they are new once more
  }
}

export const mentions = new Mentions();
