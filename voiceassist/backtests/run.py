"""Runs stored calls through two playbooks: `backtest(old, new, calls) -> Backtest`.

Works through one call at a time and keeps none; what is no whole call is left out and counted. Next: the command
line and `worker.py` show the result.
"""

from collections.abc import Callable
from time import monotonic

from voiceassist.backtests.source import StoredCalls
from voiceassist.core.playbook.model import Playbook
from voiceassist.errors import ConfigError, IllegalTransition
from voiceassist.speech_models.language import serves
from voiceassist.trials.backtest import Backtest, Comparison
from voiceassist.trials.rerun import rerun

CallsDone = Callable[[int, int], None]  # done, total

EXAMPLES = 20  # of what starts, and of what stops: more than a person reads at once


def backtest(
    old: Playbook,
    new: Playbook,
    calls: StoredCalls,
    *,
    examples: int = EXAMPLES,
    progress: CallsDone = lambda *_: None,
) -> Backtest:
    """Both playbooks on all the calls. Raises ConfigError for two languages, and what reading the calls raises."""
    if not serves(old.language, new.language):
        raise ConfigError(
            f"{old.label} is for calls in {old.language!r}, {new.label} for calls in {new.language!r}: "
            "only playbooks of one language can be compared"
        )
    comparison, began_s = Comparison(examples=examples), monotonic()
    for call in calls.calls:
        try:
            comparison.add(call, rerun(old, call), rerun(new, call))
        except IllegalTransition as error:  # what was stored is half a call, or two under one id
            comparison.leave_out(f"call {call.call_id}: {error}")
        progress(comparison.calls + comparison.left_out, calls.total)
    return comparison.result(old=old.label, new=new.label, seconds=monotonic() - began_s)
