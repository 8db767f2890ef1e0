"""`voiceassist playbook try`: what a sentence brings, and why."""

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from voiceassist.cli.options import AsJson, PlaybookOption
from voiceassist.cli.playbook.files import playbook_of
from voiceassist.clock import today
from voiceassist.core.playbook.days import is_day
from voiceassist.core.playbook.model import Playbook
from voiceassist.core.words.turns import other_side
from voiceassist.events import PastOffer, Speaker
from voiceassist.trials.near_miss import NearMiss, near_miss
from voiceassist.trials.trial import Trial, TrialCue, try_turns
from voiceassist.yamltext.problems import unknown_name

SpokenSentence = Annotated[str, typer.Argument(metavar="SENTENCE", help="What is said, in quotes.")]
By = Annotated[Speaker, typer.Option("--speaker", help="Who says it.")]
Before = Annotated[str, typer.Option("--before", metavar="TEXT", help="What the other side said just before.")]
TierName = Annotated[str, typer.Option("--tier", help="The customer's tier: standard, gold, ...")]
OnDay = Annotated[
    str, typer.Option("--on", metavar="DATE", help="As of this day, such as 2026-12-31. Default: today.")
]
Had = Annotated[
    list[str] | None,
    typer.Option(metavar="ALTERNATIVE", help="What the customer took in an earlier call, by its id. Repeatable."),
]


def try_sentence(
    sentence: SpokenSentence,
    speaker: By = "agent",
    before: Before = "",
    tier: TierName = "standard",
    on: OnDay = "",
    had: Had = None,
    playbook: PlaybookOption = None,
    as_json: AsJson = False,
) -> None:
    """Try a sentence: its cues with rule and words, the card that would come, and what it would offer.

    Examples:

      voiceassist playbook try "I'm sorry, we don't do that" --before "can I return it after six weeks"

      voiceassist playbook try "you people are useless" --speaker customer --json

      voiceassist playbook try "no, we can't do that" --tier gold --had credit --on 2026-12-31
    """
    if not sentence.split():
        raise typer.BadParameter("say at least one word", param_hint="SENTENCE")
    rules = playbook_of(playbook)
    turns = [(other_side(speaker), before)] if before.split() else []
    day = _day(on or today())
    trial = try_turns(rules, [*turns, (speaker, sentence)], _tier(rules, tier), day, _had(rules, had or [], day))
    if as_json:
        print(json.dumps(trial_fields(trial), ensure_ascii=False, indent=1))  # noqa: T201 - this is the output
        return
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[bold]{speaker}:[/] {marked(sentence, trial)}")
    _print_cues(console, trial, None if trial.cues else near_miss(rules, speaker, sentence))
    _print_card(console, trial)


def _day(text: str) -> str:
    if not is_day(text):
        raise typer.BadParameter(f"must be a day such as 2026-12-31, not {text!r}", param_hint="--on")
    return text


def _tier(playbook: Playbook, name: str) -> str:
    if playbook.tiers and name not in playbook.tiers:
        raise typer.BadParameter(unknown_name(name, playbook.tiers), param_hint="--tier")
    return name


def _had(playbook: Playbook, offers: list[str], on: str) -> tuple[PastOffer, ...]:
    """The alternatives as taken in earlier calls of the same day: their caps count."""
    known = {offer.id for policy in playbook.policies for offer in policy.alternatives}
    for offer in offers:
        if offer not in known:
            raise typer.BadParameter(unknown_name(offer, known), param_hint="--had")
    return tuple(PastOffer(alternative=offer, on=on) for offer in offers)


def trial_fields(trial: Trial) -> dict[str, Any]:
    """A trial as JSON, in the form that the server gives too."""
    policy = trial.topic.policy if trial.topic else None
    return {
        "cues": [asdict(cue) for cue in trial.cues],
        "card": {"name": trial.card_name, **asdict(trial.card)} if trial.card else None,
        "policy": {"id": policy.id, "topic": policy.topic} if policy else None,
        "because": list(trial.topic.because) if trial.topic else [],
        "alternatives": [asdict(offer) for offer in trial.offers],
    }


def marked(sentence: str, trial: Trial) -> str:
    """The sentence with the words of its cues marked, as rich markup."""
    inside = {index for cue in trial.cues for index in range(cue.first_word, cue.last_word + 1)}
    return " ".join(
        f"[reverse]{escape(word)}[/]" if index in inside else escape(word)
        for index, word in enumerate(sentence.split())
    )


def _print_cues(console: Console, trial: Trial, miss: NearMiss | None) -> None:
    for cue in trial.cues:
        console.print(f"  {_cue(cue)}")
    if not trial.cues:
        console.print("  no cue")
    if miss:
        console.print(
            f"  [dim]nearest: {escape(miss.rule)}, phrase “{escape(miss.phrase)}”: {escape(_reason(miss))}[/]"
        )


def _cue(cue: TrialCue) -> str:
    limit = f", {cue.reach} only: {cue.reach_limit.replace('_', ' ')}" if cue.reach_limit else ""
    how = f"{cue.layer}, rule {cue.rule}, confidence {cue.confidence:.2f}{limit}"
    return f"[magenta]{cue.kind}[/] “{escape(cue.words)}” [dim]({escape(how)})[/]"


def _reason(miss: NearMiss) -> str:
    if miss.lacks:
        return f"lacks “{' '.join(miss.lacks)}”, or has it in another order"
    return "an exception, or what was said before, keeps it quiet"


def _print_card(console: Console, trial: Trial) -> None:
    if trial.topic:
        words = f" (because of “{'”, “'.join(trial.topic.because)}”)" if trial.topic.because else ""
        console.print(f"topic: {trial.topic.policy.id}, {escape(trial.topic.policy.topic)}[dim]{escape(words)}[/]")
    if trial.card is None:
        console.print("no card")
    else:
        console.print(
            f"[bold]card {trial.card_name}: {escape(trial.card.headline)}[/]\n  {escape(trial.card.say)}"
        )
    for offer in trial.offers:
        console.print(
            f"  + {escape(offer.text)}"
            if offer.shown
            else f"  [dim]- {escape(offer.text)}: {escape(offer.why_not)}[/]"
        )
