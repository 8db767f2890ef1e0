/** The icon of the browser's tab: with a count when something waits for somebody. */
const FRAME = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#123c37"/>`;
const LINES = `<g stroke-linecap="round" stroke-width="4"><path stroke="#8fd3c2" d="M7 12h11M24 12h1"/><path stroke="#f0a868" d="M7 20h3M15 20h10"/></g>`;

/** The icon as an address; above nine it only says that there are more. */
export function iconWith(count: number): string {
  const said = count > 9 ? "9+" : String(count);
  const badge = `<circle cx="16" cy="16" r="15" fill="#c0241c" stroke="#fff" stroke-width="2"/><text x="16" y="22.5" font-family="sans-serif" font-size="18" font-weight="700" text-anchor="middle" fill="#fff">${said}</text>`;
  return `data:image/svg+xml,${encodeURIComponent(`${FRAME}${count > 0 ? badge : LINES}</svg>`)}`;
}

let shown = 0;

/** Puts the count into the icon of this tab. */
export function showCount(count: number): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (count === shown || !link) return;
  shown = count;
  link.href = iconWith(count);
}
