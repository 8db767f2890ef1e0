"""A call as Markdown (CommonMark). What people said is text: no character of it becomes markup. Pure."""

import re

from voiceassist.core.screen.views import CallState
from voiceassist.exports.document import CallDocument, Item, document_of
from voiceassist.exports.phrases import Language

MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&:@])")
"""ASCII punctuation that can begin markup (CommonMark 0.31, 2.4), and what makes links of addresses (GFM, 6.9)."""


def markdown(call: CallState, language: Language = "en") -> str:
    """The whole document."""
    return "\n".join(_lines(document_of(call, language))) + "\n"


def _lines(document: CallDocument) -> list[str]:
    lines = [f"# {text(document.title)}", ""]
    lines += [f"- **{text(name)}**: {text(value)}" for name, value in document.facts]
    lines += [f"\n> {text(warning)}" for warning in document.warnings]
    for section in document.sections:
        lines += ["", f"## {text(section.title)}", "", *map(_item, section.items)]
    lines += ["", f"## {text(document.phrases.transcript)}", ""]
    for turn in document.turns:
        lines += [f"**{text(turn.speaker)}** ({turn.at}): {text(turn.text)}", ""]
    return [*lines, f"*{text(document.phrases.not_a_model)}*"]


def _item(item: Item) -> str:
    at = f"{item.at} " if item.at else ""
    return f"- {at}{text(item.text)}" + (f" ({text(item.what)})" if item.what else "")


def text(plain: str) -> str:
    """One line of plain text as Markdown has it."""
    return MARKUP.sub(r"\\\1", " ".join(plain.split()))
