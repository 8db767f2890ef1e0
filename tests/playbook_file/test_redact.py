"""`redact:` of a playbook: which private words are dropped or kept in its calls instead of masked."""

import pytest

from tests.builders import final, live_call, only
from tests.playbook_file.test_playbook import SMALL
from voiceassist.errors import PlaybookError
from voiceassist.events import Final
from voiceassist.playbook_file.parse import parse_playbook

SAID = "my phone is 0171 555 0199 and my card is 4111 1111 1111 1111"


def shown(redact: str) -> str:
    """What a call with this playbook shows of what was said."""
    call = live_call(with_playbook=parse_playbook(SMALL + redact, "small.yaml"))
    (heard,) = only(call.handle(final("customer", SAID)), Final)
    assert heard.text == " ".join(word.text for word in heard.words)
    return heard.text


def test_everything_private_is_masked_unless_the_playbook_says_otherwise() -> None:
    masked = "my phone is *** *** *** and my card is *** *** *** ***"
    assert shown("") == shown("redact: {}\n") == shown("redact: {phone: mask}\n") == masked


def test_a_playbook_keeps_one_kind_and_drops_another() -> None:
    assert shown("redact: {phone: keep, card: drop}\n") == "my phone is 0171 555 0199 and my card is"


@pytest.mark.parametrize(
    ("redact", "told"),
    [
        ("redact: {card: keep}\n", "redact.card: `card` is always masked or dropped: payment standards forbid"),
        ("redact: {security_code: keep}\n", "redact.security_code: `security_code` is always masked or dropped"),
        ("redact: {password: keep}\n", "redact.password: `password` is always masked or dropped"),
        ("redact: {number: keep}\n", "redact.number: `number` is always masked or dropped: the first groups"),
        ("redact: {fone: keep}\n", "redact.fone: unknown name `fone`; nearest valid name is `phone`"),
        ("redact: {phone: hide}\n", "redact.phone: unknown name `hide`"),
        ("redact: [phone]\n", "redact: must be"),
    ],
)
def test_what_cannot_be_is_named(redact: str, told: str) -> None:
    with pytest.raises(PlaybookError) as caught:
        parse_playbook(SMALL + redact, "small.yaml")
    assert told in str(caught.value)
