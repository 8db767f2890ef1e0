"""axe-core in a page: which rules are broken, light and dark."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
# Colours are judged at their end: without motion, too, each change takes an instant, and what has its
# parent's colour begins to change when that has. Nothing has moved for some pictures: it is over.
RUN = """async options => {
  const isFinite = one => one.effect.getComputedTiming().iterations !== Infinity;
  for (let still = 0; still < 4; still++) {
    await new Promise(requestAnimationFrame);
    const moves = document.getAnimations().filter(isFinite);
    if (moves.length > 0) still = 0;
    await Promise.allSettled(moves.map(one => one.finished));
  }
  return (await axe.run(document, options)).violations;
}"""
ALL_RULES: dict[str, Any] = {"resultTypes": ["violations"]}
CONTRAST_ONLY = ALL_RULES | {"runOnly": ["color-contrast"]}  # all that a dark page may have beside a light one


def found_by_axe(page: Page) -> list[str]:
    """Every rule that a part of the page breaks, with the part."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(RUN, ALL_RULES)
    page.emulate_media(color_scheme="dark")
    found += page.evaluate(RUN, CONTRAST_ONLY)
    page.emulate_media(color_scheme="light")
    return [f"{rule['id']}: {node['target']} {node['html'][:120]}" for rule in found for node in rule["nodes"]]
