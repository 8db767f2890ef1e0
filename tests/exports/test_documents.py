"""A call as Markdown and as a page: all of it is there, and nothing that was said becomes markup."""

import re
from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from tests.exports.calls import call_of
from voiceassist.events import Final, PartDeleted
from voiceassist.exports.captions import turns
from voiceassist.exports.markdown import markdown
from voiceassist.exports.page import POLICY, page


class Seen(HTMLParser):
    """The elements of a page and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - a parser's
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


REFUSED = call_of(
    ("customer", "I want to return this"),
    ("agent", "I am sorry we can't do that"),
    ("agent", "but I can offer you a store credit instead"),
)


def test_a_document_has_the_facts_what_was_refused_and_what_was_said() -> None:
    for made in (markdown(REFUSED), Seen(page(REFUSED)).text):
        for told in ("Anna Reed", "Martin Webb", "Refusals", "recovered", "I want to return this"):
            assert told in made, told
    assert "## Refusals" in markdown(REFUSED)


def test_a_document_is_in_the_language_that_is_wanted_and_says_which_is_spoken() -> None:
    spanish = page(REFUSED, "es")
    assert '<html lang="es">' in spanish
    assert "Lo que se dijo" in spanish
    assert "lang='en' dir='auto'" in spanish
    assert "**Cliente** (0:00)" in markdown(REFUSED, "es")


def test_a_call_whose_words_were_deleted_says_so() -> None:
    gone = PartDeleted(at_ms=1, part="transcript", by="voiceassist", done_at="2026-11-21T10:00:00Z")
    call = replace(REFUSED, finals=(), deleted=(gone,))
    assert "The words of this call were deleted." in page(call)
    assert "The words of this call were deleted\\." in markdown(call)


def test_lines_of_one_side_that_follow_each_other_are_one_turn() -> None:
    assert [len(lines) for lines in turns(REFUSED)] == [1, 2]


EVIL = "<script>alert(1)</script> & \" ' <img src=x onerror=alert(1)> # *a* [b](http://c) ![d](e) `f` | - g"


def final(text: str) -> Final:
    return Final(at_ms=9, speaker="agent", utterance=1, text=text, words=(), start_ms=5, end_ms=9, confidence=1)


def test_markup_in_what_was_said_stays_text() -> None:
    plain, evil = Seen(page(call_of(final("hello")))), Seen(page(call_of(final(EVIL))))
    assert evil.tags == plain.tags
    assert EVIL in evil.text
    line = next(line for line in markdown(call_of(final(EVIL))).splitlines() if line.startswith("**Agent**"))
    assert not re.search(r"(?<!\\)[<>\[\]`#|*]", line.removeprefix("**Agent**"))


@given(text=st.text(max_size=300))
def test_no_text_adds_an_element_to_a_page(text: str) -> None:
    assert Seen(page(call_of(final(text)))).tags == Seen(page(call_of(final("hello")))).tags


def test_the_pages_policy_lets_nothing_load_and_only_its_own_parts_run() -> None:
    assert POLICY.startswith("default-src 'none'")
    assert "unsafe" not in POLICY
    assert f'content="{POLICY}"' in page(REFUSED)
