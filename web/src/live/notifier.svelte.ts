/**
 * Tells a supervisor of new alerts: to screen readers, with a sound, on the desktop, and as a count in the tab.
 *
 * Says reason and agent, never a bare number. What is told, and when not, `notices.ts` decides.
 */
import { chime } from "../ui/chime";
import { showCount } from "../ui/favicon";
import { reasonOf } from "../reason";
import { attention } from "./attention.svelte";
import { noticeOf, openAlerts, SeenAlerts, type NewAlert } from "./notices";
import { gravity } from "./store";
import { wallChoices } from "./wallchoices.svelte";
import type { WallRow } from "../types";

export class Notifier {
  spoken = $state.raw<readonly NewAlert[]>([]); // the newest, for screen readers
  readonly #seen = new SeenAlerts();
  readonly #open: (callId: string) => void;

  constructor(open: (callId: string) => void) {
    this.#open = open;
  }

  /** Takes the rows as they are now; the first ones are no news, nor what the filter kept away until `since`. */
  look(rows: readonly WallRow[], since?: number): void {
    attention.count = openAlerts(rows);
    showCount(attention.count);
    const unseen = this.#seen.unseen(rows, since);
    if (unseen.length === 0) return;
    this.spoken = unseen.sort((a, b) => gravity(b.view) - gravity(a.view));
    this.#notify(unseen);
  }

  #notify(unseen: readonly NewAlert[]): void {
    const at = new Date();
    const { sound, desktop } = noticeOf(unseen, wallChoices.now.notices, at.getHours() * 60 + at.getMinutes());
    if (sound) chime(sound);
    if (!document.hasFocus()) for (const alert of desktop) this.#showOnDesktop(alert);
  }

  /** Without the words: others may see this desktop. */
  #showOnDesktop({ row, view }: NewAlert): void {
    if (!("Notification" in globalThis) || Notification.permission !== "granted") return;
    const shown = new Notification(reasonOf(view.alert), { body: row.agent.name, tag: `${row.call_id}/${view.incident}` });
    shown.onclick = () => {
      window.focus();
      this.#open(row.call_id);
    };
  }

  close(): void {
    attention.count = 0;
    showCount(0);
  }
}

/** Asks for what the desktop needs; whether it may be used. */
export async function mayNotify(): Promise<boolean> {
  if (!("Notification" in globalThis)) return false;
  return (await Notification.requestPermission()) === "granted";
}
