"""Who is named in a note."""

from hypothesis import given
from hypothesis import strategies as st

from voiceassist.core.words.mentions import mentioned_in


def test_logins_after_an_at_are_mentions_each_once_and_in_lower_case() -> None:
    assert mentioned_in("@Kim and (@jo.ann), see @kim. Thanks @sam-2!") == ("kim", "jo.ann", "sam-2")


def test_an_address_and_a_lonely_at_are_none() -> None:
    assert mentioned_in("write to kim@example.org or @ the desk, a@b") == ()


def test_a_login_that_is_an_address_is_one_mention() -> None:
    assert mentioned_in("@kim@example.org: listen") == ("kim@example.org",)


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert all(0 < len(login) <= 64 for login in mentioned_in(text))
