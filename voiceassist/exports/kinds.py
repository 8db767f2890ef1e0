"""The documents that a call can be exported as, by the ending of their files. Pure.

Next: the server and the command give them out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from voiceassist.core.screen.corrected_call import as_corrected
from voiceassist.core.screen.views import CallState
from voiceassist.exports import captions, markdown, page
from voiceassist.exports.phrases import Language

DocumentKind = Literal["md", "html", "vtt", "srt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentWish:
    """What a document is to be like."""

    language: Language = "en"
    cue_notes: bool = False  # of captions: cues as comments


@dataclass(frozen=True, slots=True)
class DocumentFormat:
    """One kind of document."""

    media_type: str
    write: Callable[[CallState, DocumentWish], str]


DOCUMENTS: Mapping[DocumentKind, DocumentFormat] = {
    "md": DocumentFormat("text/markdown", lambda call, wanted: markdown.markdown(call, wanted.language)),
    "html": DocumentFormat("text/html", lambda call, wanted: page.page(call, wanted.language)),
    "vtt": DocumentFormat("text/vtt", lambda call, wanted: captions.webvtt(call, notes=wanted.cue_notes)),
    "srt": DocumentFormat("application/x-subrip", lambda call, _: captions.srt(call)),
}


def written(call: CallState, kind: DocumentKind, wanted: DocumentWish) -> bytes:
    """The file, with corrected lines. A lone surrogate, which has no UTF-8, becomes a question mark."""
    return DOCUMENTS[kind].write(as_corrected(call), wanted).encode("utf-8", "replace")
