/** Whether somebody reads the wall just now: the pointer or a key was used in it within the last seconds. */
export const READS_MS = 10_000; // time to read a row; a pointer that was left lying on the wall must not hold it for ever

export class WallReading {
  isRead = $state(false);
  hovered = $state<string | null>(null); // call id of the row under the pointer
  focused = $state<string | null>(null); // call id of the row that the keys move
  #timer: ReturnType<typeof setTimeout> | undefined;

  touch(): void {
    clearTimeout(this.#timer);
    this.isRead = true;
    this.#timer = setTimeout(() => (this.isRead = false), READS_MS);
  }

  leave(): void {
    clearTimeout(this.#timer);
    [this.isRead, this.hovered] = [false, null];
  }
}
