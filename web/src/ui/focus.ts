/**
 * Keeps the keyboard's place when what had it goes away: a dialog, a row, a card, a button that is switched off.
 *
 * Browsers drop the focus to the document then, and a screen reader begins at its top. Here it goes to the nearest
 * part of the page around it that is still there. Never moves a focus that is somewhere.
 */
const PLACES = "li, article, fieldset, form, section, [role=grid], [role=group], [role=region], dialog, main";

let trail: Element[] = []; // what had the focus, and all around it, the innermost first

function remember(event: FocusEvent): void {
  trail = [];
  for (let at = event.target as Element | null; at; at = at.parentElement) trail.push(at);
}

const isLost = () => document.activeElement === null || document.activeElement === document.body;
const isThere = (element: Element) => element.isConnected && element.checkVisibility() && !element.closest("[inert]");
const canHold = (element: Element) => isThere(element) && !element.matches(":disabled");

function recover(): void {
  const [last, ...around] = trail;
  if (!last || !isLost() || canHold(last)) return;
  const place = around.find((element): element is HTMLElement => element.matches(PLACES) && isThere(element));
  if (!place) return;
  if (!place.hasAttribute("tabindex")) place.tabIndex = -1;
  place.focus({ preventScroll: true });
}

/** A person who clicks beside everything wants no focus. */
const forget = () => setTimeout(() => isLost() && trail[0] && canHold(trail[0]) && (trail = []));

/** Watches what goes away inside `root`, until the result is called. */
export function keepFocus(root: HTMLElement): () => void {
  const later = () => setTimeout(recover); // browsers take the focus from what is switched off when they draw next
  const watch = new MutationObserver(() => {
    if (!trail[0] || canHold(trail[0])) return;
    if (trail[0].isConnected) requestAnimationFrame(later);
    else recover();
  });
  addEventListener("focusin", remember);
  addEventListener("focusout", forget);
  addEventListener("close", later, true); // of dialogs: after the browser gave the focus back to what opened them
  watch.observe(root, { subtree: true, childList: true, attributeFilter: ["disabled", "hidden"] });
  return () => {
    removeEventListener("focusin", remember);
    removeEventListener("focusout", forget);
    removeEventListener("close", later, true);
    watch.disconnect();
  };
}
