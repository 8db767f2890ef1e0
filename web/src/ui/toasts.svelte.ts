/** The messages that `Toasts.svelte` shows: added anywhere, gone after ten seconds. */

export interface Toast {
  id: number;
  text: string;
  wrong: boolean;
  undo: { label: string; run: () => void } | null;
}

const STAYS_MS = 10_000; // long enough to notice a mistake and take it back

class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #count = 0;

  add(text: string, undo: Toast["undo"] = null): void {
    this.#show({ id: ++this.#count, text, wrong: false, undo });
  }

  error(text: string): void {
    this.#show({ id: ++this.#count, text, wrong: true, undo: null });
  }

  undo(toast: Toast): void {
    this.#remove(toast.id);
    toast.undo?.run();
  }

  /** Takes back what was done last, as long as its message is there. */
  undoLast(): void {
    const last = this.list.findLast((toast) => toast.undo !== null);
    if (last) this.undo(last);
  }

  #show(toast: Toast): void {
    this.list = [...this.list.slice(-2), toast];
    setTimeout(() => this.#remove(toast.id), STAYS_MS);
  }

  #remove(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
