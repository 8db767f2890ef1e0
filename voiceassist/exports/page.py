"""A call as one HTML page that needs nothing else: to read, to print, to save as PDF.

Everything of the call is escaped, and the page's own policy lets nothing run or load but its two static parts.
"""

from base64 import b64encode
from hashlib import sha256
from html import escape

from voiceassist.core.screen.views import CallState
from voiceassist.exports.document import CallDocument, DocumentTurn, Item, Section, document_of
from voiceassist.exports.phrases import Language

STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 1rem; align-items: start; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
button { font: inherit; padding: .4rem .8rem; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .5rem 1rem; }
dt { font-size: .8rem; opacity: .75; } dd { margin: 0; }
ul { padding-left: 1.2rem; } li, .turn { break-inside: avoid; }
.turn { display: grid; grid-template-columns: 4rem 6rem 1fr; gap: .5rem; margin: .4rem 0; }
.turn p { margin: 0; } .turn b { font-weight: 600; } time { font-variant-numeric: tabular-nums; opacity: .75; }
.warning { border-left: 3px solid; padding-left: .6rem; }
@media (max-width: 30rem) { .turn { grid-template-columns: 4rem 1fr; } .turn p { grid-column: 1 / -1; } }
@media print { button { display: none; } body { margin: 0; max-width: none; } h2 { break-after: avoid; } }
@page { margin: 18mm 16mm; }
"""
SCRIPT = 'document.getElementById("print").addEventListener("click", () => print());'


def _hash(static: str) -> str:
    """As a Content-Security-Policy names an inline part (CSP 3, 2.3.1)."""
    return f"'sha256-{b64encode(sha256(static.encode()).digest()).decode()}'"


POLICY = "; ".join(
    [
        "default-src 'none'",
        f"style-src {_hash(STYLE)}",
        f"script-src {_hash(SCRIPT)}",
        "base-uri 'none'",
        "form-action 'none'",
    ]
)


def page(call: CallState, language: Language = "en") -> str:
    """The whole page."""
    document = document_of(call, language)
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{escape(document.title)}</title>
<style>{STYLE}</style>
</head>
<body>
{_body(document)}
<script>{SCRIPT}</script>
</body>
</html>
"""


def _body(document: CallDocument) -> str:
    phrases = document.phrases
    facts = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in document.facts
    )
    lines = "".join(_turn(turn, document.language) for turn in document.turns) or f"<p>{phrases.nothing_said}</p>"
    return "\n".join(
        [
            f"<header><h1>{escape(document.title)}</h1>",
            f"<button type='button' id='print'>{escape(phrases.print)}</button></header>",
            f"<main><dl>{facts}</dl>",
            *(f"<p class='warning'>{escape(warning)}</p>" for warning in document.warnings),
            *(_section(section, document.language) for section in document.sections),
            f"<h2>{escape(phrases.transcript)}</h2>{lines}</main>",
            f"<footer><p><small>{escape(phrases.not_a_model)}</small></p></footer>",
        ]
    )


def _section(section: Section, language: str) -> str:
    items = "".join(_item(item, language) for item in section.items)
    return f"<section><h2>{escape(section.title)}</h2><ul>{items}</ul></section>"


def _item(item: Item, language: str) -> str:
    at = f"<time>{item.at}</time> " if item.at else ""
    what = f" <small>({escape(item.what)})</small>" if item.what else ""
    return f"<li>{at}<q lang='{escape(language)}' dir='auto'>{escape(item.text)}</q>{what}</li>"


def _turn(turn: DocumentTurn, language: str) -> str:
    said = f"<p lang='{escape(language)}' dir='auto'>{escape(turn.text)}</p>"
    return f"<div class='turn'><time>{turn.at}</time><b>{escape(turn.speaker)}</b>{said}</div>"
