/** Keeps the screen on while a page is shown that nobody touches. Where a browser cannot, the machine's settings must. */

/** Until the result is called. A browser lets go of the lock while the page is hidden; it is asked for again after that. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  let isOver = false;

  async function ask(): Promise<void> {
    if (isOver || document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    try {
      lock = await navigator.wakeLock.request("screen");
      if (isOver) void lock.release();
    } catch {
      lock = null; // a low battery, or a policy: the screen may sleep, and nothing else is lost
    }
  }

  const again = () => void ask();
  void ask();
  document.addEventListener("visibilitychange", again);
  return () => {
    isOver = true;
    document.removeEventListener("visibilitychange", again);
    void lock?.release();
  };
}
