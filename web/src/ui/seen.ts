/**
 * Tells when something was before a person's eyes: in view for a second, with the page in front.
 *
 * "In front" is what the browser calls visible: not another tab, not minimised. The window need not have the keyboard:
 * whoever talks to a customer types in another one.
 */
export const LOOKS_MS = 1_000;

/** An attachment: calls `run` once the element has been seen for a second in one go. */
export function whenSeen(run: () => void): (element: Element) => () => void {
  return (element) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isInView = false;
    const look = () => {
      clearTimeout(timer);
      if (isInView && document.visibilityState === "visible") timer = setTimeout(run, LOOKS_MS);
    };
    const watch = new IntersectionObserver(([entry]) => {
      isInView = entry?.isIntersecting ?? false;
      look();
    });
    watch.observe(element);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearTimeout(timer);
      watch.disconnect();
      document.removeEventListener("visibilitychange", look);
    };
  };
}
