"""Trying a playbook before it is published: a sentence or its own examples at once, stored calls in a job."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field
from starlette.requests import HTTPConnection

from voiceassist.backtests.jobs import JobState, Running
from voiceassist.backtests.worker import Job
from voiceassist.clock import today
from voiceassist.core.call.offers import OfferShown
from voiceassist.core.words.turns import other_side
from voiceassist.errors import ConflictError, UnknownNameError
from voiceassist.events import Prompt, Speaker
from voiceassist.playbook_worker import work
from voiceassist.playbook_worker.work import PlaybookText
from voiceassist.runtime import Runtime, runtime_of
from voiceassist.server.auth import SCREENS, allow, principal_of
from voiceassist.server.bodies import RequestBody, StrictFields
from voiceassist.server.playbook_views import ProblemView, problem_view
from voiceassist.server.playbooks import found
from voiceassist.server.scope import scope_of
from voiceassist.trials.backtest import Backtest
from voiceassist.trials.example_runs import ExampleRun
from voiceassist.trials.phrase_tries import PhraseTry
from voiceassist.trials.trial import Trial, TrialCue, TrialTurn
from voiceassist.yamltext.problems import problem_at

router = APIRouter(prefix="/api/playbooks", tags=["playbooks"])

Sentence = Annotated[str, Field(max_length=2_000)]
NO_CALLS = (
    "a backtest quotes calls, and none are yours to read: it takes the role supervisor or reviewer, with a team"
)
TURNS_MAX = 50  # what a person pastes; more is a stored call
PHRASES_MAX = 50  # what a person types; each takes a millisecond


class EarlierTurn(StrictFields):
    """Something that was said earlier."""

    speaker: Speaker
    text: Sentence


class Try(RequestBody):
    """A sentence, with what was said before it."""

    speaker: Speaker
    text: Sentence
    draft: bool = True  # where there is one
    before: Sentence = ""  # the other side's last words
    tier: Annotated[str, Field(max_length=200)] = "standard"
    turns: Annotated[tuple[EarlierTurn, ...], Field(max_length=TURNS_MAX, fail_fast=True)] = ()


class PhrasesWanted(RequestBody):
    """Sentences to make phrases of, and phrases; tried on ordinary talk."""

    speaker: Speaker
    sentences: Annotated[tuple[Sentence, ...], Field(max_length=PHRASES_MAX, fail_fast=True)] = ()
    phrases: Annotated[tuple[Sentence, ...], Field(max_length=PHRASES_MAX, fail_fast=True)] = ()
    draft: bool = True  # where there is one


class Which(RequestBody):
    """The draft, where there is one, or what calls get."""

    draft: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseTryView:
    """A phrase, and the ordinary turns in which it is found although nobody meant them."""

    phrase: str
    count: int
    found: tuple[str, ...]  # the first few
    problem: ProblemView | None  # why it cannot be used


@dataclass(frozen=True, slots=True, kw_only=True)
class PhrasesTriedView:
    """Phrases, those made of sentences first."""

    phrases: tuple[PhraseTryView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleView:
    """What came of an example: only what is otherwise than it says is in `expected` and `got`."""

    number: int  # counts from 1
    ok: bool
    text: str  # its last turn
    expected: Mapping[str, str]  # by "cues", "card" or "topic"; "none" for nothing
    got: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamplesView:
    """What came of every example that the playbook holds."""

    examples: tuple[ExampleView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyView:
    """The policy that a sentence is about."""

    id: str
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedView:
    """What a sentence would bring."""

    cues: tuple[TrialCue, ...]
    card: Prompt | None
    policy: PolicyView | None
    alternatives: tuple[OfferShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A backtest that has begun."""

    job: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestView:
    """How far a backtest is."""

    id: str
    state: JobState
    done: int  # calls
    total: int
    result: Backtest | None
    error: str | None


class Calls(RequestBody):
    """Which stored calls to try."""

    last: Annotated[int, Field(ge=1, le=100_000)] = 200


@router.get("/backtests/{job}", response_model=BacktestView, dependencies=[allow(*SCREENS, "author")])
async def get_backtest(connection: HTTPConnection, job: str) -> JSONResponse:
    """How far a backtest is, and its result in the end."""
    return _shown(_own_job(connection, job))


@router.delete("/backtests/{job}", response_model=BacktestView, dependencies=[allow("author")])
async def cancel_backtest(connection: HTTPConnection, job: str) -> JSONResponse:
    """Ends a backtest."""
    return _shown(await runtime_of(connection).backtests.cancel(_own_job(connection, job)))


@router.post("/{name}/try", dependencies=[allow(*SCREENS, "author", "playbooks")])
async def try_sentence(connection: HTTPConnection, name: str, said: Try) -> TriedView:
    """What a sentence would bring: cues, the card, the policy and which of its alternatives would be offered."""
    runtime = runtime_of(connection)
    source = await _wanted(runtime, name, draft=said.draft)
    return _tried(await runtime.playbook_worker.run(work.tried, source, _turns(said), said.tier, today()))


@router.post("/{name}/phrases", dependencies=[allow(*SCREENS, "author", "playbooks")])
async def try_phrases(connection: HTTPConnection, name: str, wanted: PhrasesWanted) -> PhrasesTriedView:
    """Phrases made of sentences, and in which ordinary turns they would be found. Works on a broken draft, too."""
    runtime = runtime_of(connection)
    source = await _wanted(runtime, name, draft=wanted.draft)
    tried = await runtime.playbook_worker.run(
        work.phrases_tried, source.text, wanted.speaker, wanted.sentences, wanted.phrases
    )
    return PhrasesTriedView(phrases=tuple(map(_phrase, tried)))


@router.post("/{name}/examples", dependencies=[allow(*SCREENS, "author", "playbooks")])
async def try_examples(connection: HTTPConnection, name: str, which: Which) -> ExamplesView:
    """Runs the examples that the playbook holds, and tells which of them no longer come out as they should."""
    runtime = runtime_of(connection)
    source = await _wanted(runtime, name, draft=which.draft)
    runs = await runtime.playbook_worker.run(work.examples_run, source, today())
    return ExamplesView(examples=tuple(_example(run) for run in runs))


@router.post("/{name}/backtest", status_code=202, dependencies=[allow("author")])
async def start_backtest(connection: HTTPConnection, name: str, calls: Calls) -> JobView:
    """Starts comparing the draft with the current version on the newest calls that one may see.

    The result quotes what was said in them, which the author's role alone does not open.
    """
    runtime, scope = runtime_of(connection), scope_of(connection)
    if scope.is_empty:
        raise ConflictError("no_calls_to_read", NO_CALLS)
    current, draft = await found(runtime, name)
    if draft is None:
        raise UnknownNameError("unknown_draft", f"playbook {name!r} has no draft to compare")
    if current is None:
        raise ConflictError(
            "never_published", f"playbook {name!r} was never published: there is nothing to compare"
        )
    await runtime.playbook_worker.run(work.header, PlaybookText(draft.text, name))
    job = Job(
        data_dir=runtime.settings.data_dir,
        last=calls.last,
        name=name,
        old=current.text,
        number=current.number,
        new=draft.text,
        scope=scope,
    )
    return JobView(job=runtime.backtests.start(job, principal_of(connection).login).id)


def _own_job(connection: HTTPConnection, id_: str) -> Running:
    return runtime_of(connection).backtests.job(id_, principal_of(connection).login)


async def _wanted(runtime: Runtime, name: str, *, draft: bool) -> PlaybookText:
    """The draft where it is wanted and there is one, else the current version."""
    current, edited = await found(runtime, name)
    if current is None or (draft and edited):
        assert edited is not None, "a playbook that was found has a version or a draft"
        return PlaybookText(edited.text, name)
    return PlaybookText(current.text, name, current.number)


def _phrase(tried: PhraseTry) -> PhraseTryView:
    problem = problem_view(problem_at(1, (), tried.problem)) if tried.problem else None
    return PhraseTryView(phrase=tried.phrase, count=tried.count, found=tried.found, problem=problem)


def _example(run: ExampleRun) -> ExampleView:
    return ExampleView(
        number=run.number,
        ok=not run.differences,
        text=run.example.call[-1][1],
        expected={one.what: one.expected for one in run.differences},
        got={one.what: one.got for one in run.differences},
    )


def _turns(said: Try) -> list[TrialTurn]:
    turns = [(turn.speaker, turn.text) for turn in said.turns]
    before = [(other_side(said.speaker), said.before)] if said.before.strip() else []
    return [line for line in (*turns, *before) if line[1].strip()] + [(said.speaker, said.text)]


def _tried(trial: Trial) -> TriedView:
    policy = trial.topic.policy if trial.topic else None
    return TriedView(
        cues=trial.cues,
        card=trial.card,
        policy=PolicyView(id=policy.id, topic=policy.topic) if policy else None,
        alternatives=trial.offers,
    )


def _shown(job: Running) -> JSONResponse:
    """A `BacktestView`; the result is JSON already."""
    return JSONResponse(
        {
            "id": job.id,
            "state": job.state,
            "done": job.done,
            "total": job.total,
            "result": job.result,
            "error": job.error,
        }
    )
