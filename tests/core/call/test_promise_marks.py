"""Whether a promise was kept: only people can say so, in a call that goes on or is over."""

import pytest

from tests.builders import conversation, drive, hangup, live_call
from voiceassist.actions import MarkPromise
from voiceassist.core.call.call import Call
from voiceassist.errors import ActionError
from voiceassist.events import PromiseHeard, PromiseMarked


def promised() -> tuple[Call, PromiseHeard]:
    call = live_call()
    events = drive(call, conversation(("agent", "I will call you back by Friday")))
    return call, next(event for event in events if isinstance(event, PromiseHeard))


@pytest.mark.parametrize("is_over", [False, True])
def test_somebody_says_that_a_promise_was_kept(*, is_over: bool) -> None:
    call, promise = promised()
    if is_over:
        call.handle(hangup(90_000))
    start_ms = promise.start_ms
    (marked,) = call.handle(MarkPromise(at_ms=90_000, by="Sue", outcome="kept", utterance=1, start_ms=start_ms))
    assert marked == PromiseMarked(at_ms=90_000, by="Sue", outcome="kept", utterance=1, start_ms=start_ms)


def test_a_promise_that_the_call_does_not_have_cannot_be_marked() -> None:
    call, promise = promised()
    with pytest.raises(ActionError) as refused:
        call.handle(MarkPromise(at_ms=5_000, by="Sue", utterance=promise.utterance, start_ms=99, outcome="kept"))
    assert refused.value.code == "unknown_promise"
