"""`voiceassist cues feedback`: what people said of cues, as labelled turns. Registered by `__init__.py`.

Reads the database, never writes. The turns are made in `evaluation/feedback.py`.
"""

import json
from collections.abc import Iterable

from rich.console import Console

from voiceassist.cli.options import ConfigFile, DataDir
from voiceassist.config import load_settings
from voiceassist.evaluation.feedback import FEEDBACK_TYPES, feedback_in, fields_of
from voiceassist.evaluation.labelled import FALSE_ALARM_OF, NOT_USEFUL_OF, RIGHT_CUE_OF, LabelledTurn
from voiceassist.store.database import DATABASE, reading
from voiceassist.store.feedback import calls_with_feedback


def feedback(config: ConfigFile = None, data_dir: DataDir = None) -> None:
    """Print what people said of cues: a labelled turn per false alarm, and per card that was used or of no use.

    JSON Lines, as `cues eval` reads them. A turn tells of one kind alone: not_KIND is a false alarm, right_KIND a
    card that the agent used, unhelpful_KIND one that was called not useful (which tells nothing of the cue). Its
    meta keeps what found it: rule, words, playbook. The turns hold what customers said: treat them so.

    Examples:

      voiceassist cues feedback > feedback.jsonl

      voiceassist cues feedback --data-dir /var/lib/voiceassist | voiceassist cues eval -
    """
    folder = load_settings(config, data_dir=data_dir).data_dir
    turns: list[LabelledTurn] = []
    with reading(folder / DATABASE) as connection:
        for call_id, events in calls_with_feedback(connection, FEEDBACK_TYPES):
            turns += feedback_in(call_id, events)
    for turn in turns:
        print(json.dumps(fields_of(turn), ensure_ascii=False))  # noqa: T201 - this is the output
    Console(stderr=True, highlight=False).print(_summary(turns))


def _summary(turns: Iterable[LabelledTurn]) -> str:
    said = (FALSE_ALARM_OF, RIGHT_CUE_OF, NOT_USEFUL_OF)
    labels = [label for turn in turns for label in turn.labels]
    false, right, useless = (sum(label.startswith(before) for label in labels) for before in said)
    return f"{false:,} false alarms, {right:,} cues that were right, {useless:,} cards that were not useful"
