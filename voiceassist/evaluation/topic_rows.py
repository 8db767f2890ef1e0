"""Conversations with the policy that their refusal is about, as JSON Lines, and whether the right one is chosen.

    {"id", "playbook": "retail", "turns": [{"speaker", "text"}, ...], "topic": "late_return"}

The last turn is the agent's refusal. Never opens a file. Next: `voiceassist playbook topics`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from voiceassist.core.call.card_text import TURNS_BACK
from voiceassist.core.playbook.model import Playbook
from voiceassist.core.topics.choose import TopicChoice, rank_topics
from voiceassist.errors import DatasetError
from voiceassist.evaluation.scores import Rate, share
from voiceassist.events import Speaker
from voiceassist.playbook_file.messages import message_of, place_of
from voiceassist.playbook_file.schema import schema_of
from voiceassist.yamltext.problems import shown_path, unknown_name


class TurnRow(BaseModel):
    """Who says what."""

    model_config = ConfigDict(frozen=True)

    speaker: Speaker
    text: str


class TopicRow(BaseModel):
    """One conversation."""

    model_config = ConfigDict(frozen=True)

    id: str = ""
    place: str = ""  # file and line, for messages; `parse_topic_rows` sets it
    playbook: str  # a built-in one's name, or a file
    turns: tuple[TurnRow, ...] = Field(min_length=1)
    topic: str  # a policy's id


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicOutcome:
    """A conversation with what was chosen for it."""

    row: TopicRow
    ranked: tuple[TopicChoice, ...]  # the best first

    @property
    def is_right(self) -> bool:
        """Whether the right topic came first."""
        return self.ranked[0].policy.id == self.row.topic


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicScore:
    """How often the right topic came first."""

    playbook: str
    right: int
    rows: int

    @property
    def accuracy(self) -> Rate | None:
        """With its 95 % interval; None without rows."""
        return share(self.right, self.rows)


def parse_topic_rows(lines: Iterable[str], file: str) -> Iterator[TopicRow]:
    """The rows of a file. Raises DatasetError, which names file and line."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                row = TopicRow.model_validate_json(line)
            except ValidationError as error:
                first = error.errors(include_url=False)[0]
                field = shown_path(place_of(first)) or "the row"
                message = message_of(first, schema_of(TopicRow))
                raise DatasetError(f"{file}, line {number}: {field}: {message}") from None
            yield row.model_copy(update={"place": f"{file}, line {number}"})


def topic_outcome(playbook: Playbook, row: TopicRow) -> TopicOutcome:
    """What is chosen for a row. Raises DatasetError when the playbook has no such topic."""
    known = [policy.id for policy in playbook.policies]
    if row.topic not in known:
        raise DatasetError(f"{row.place}: topic: playbook {playbook.name}: {unknown_name(row.topic, known)}")
    asked = [turn.text.split() for turn in reversed(row.turns) if turn.speaker == "customer"][:TURNS_BACK]
    refused = row.turns[-1].text.split() if row.turns[-1].speaker == "agent" else []
    return TopicOutcome(row=row, ranked=rank_topics(playbook, refused, asked))


def score_topics(name: str, outcomes: Iterable[TopicOutcome]) -> TopicScore:
    """The outcomes counted."""
    right = [outcome.is_right for outcome in outcomes]
    return TopicScore(playbook=name, right=sum(right), rows=len(right))
