"""Small playbooks for tests: one text with places to change, and words whose meaning is plain.

"no way" is a refusal, "idiot" an insult, "buy" a purchase.
"""

from voiceassist.core.playbook.model import Playbook
from voiceassist.playbook_file.parse import parse_playbook

TEXT = """\
name: tiny
language: en
cues:
  refusal: {rules: {plain: {phrases: [no way]}}}
  insult: {rules: {plain: {phrases: [idiot]}}}
  purchase_intent: {rules: {plain: {phrases: [buy]}}}
policies:
  general:
    topic: Anything
    limit: L
    benefit: B
    say: S
    avoid: A
    alternatives: {other: {text: Something else}}
cards:
  refusal: {headline: "{topic}", say: s, priority: 50, cooldown_s: 0}
  missing: {headline: "{title} is missing", say: s, priority: 40, cooldown_s: 0}
  boundary: {headline: Boundary, say: s, priority: 70, cooldown_s: 0, cap: 9}
  warning: {headline: Warning, say: s, priority: 80, cooldown_s: 0, cap: 9}
ladder:
  rungs: [boundary, warning]
  steps: {insult: {card: boundary, climbs: true}}
alerts:
  insult: {level: info, reason: r, cooldown_s: 3600}
  missing: {level: info, reason: r}
limits: {gap_s: 0, silence_s: 0}
"""


def tiny(*changes: tuple[str, str], more: str = "") -> Playbook:
    """The small playbook with parts of its text changed, and more fields at its end."""
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return parse_playbook(text + more, "tiny.yaml")


def offering(*offers: str) -> Playbook:
    """One whose general policy has these alternatives, written as `id: {text: ...}`."""
    listed = "".join(f"\n      {offer}" for offer in offers)
    return tiny(("alternatives: {other: {text: Something else}}", f"alternatives:{listed}"))
