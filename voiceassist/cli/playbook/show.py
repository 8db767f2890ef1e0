"""`voiceassist playbook show`: a playbook to read, or its text."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from voiceassist.cli.playbook.files import One, text_of
from voiceassist.core.playbook.model import Absence, Offer, Playbook, Policy
from voiceassist.playbooks import builtin_cues, read_playbook

AsYaml = Annotated[bool, typer.Option("--yaml", help="Print its text as it is in the file.")]


def show(which: One = None, as_yaml: AsYaml = False) -> None:
    """Show what a playbook holds: topics, limits, alternatives, cues, required words, cards and the ladder.

    Examples:

      voiceassist playbook show telecom

      voiceassist playbook show retail --yaml > shop.yaml
    """
    text, name = text_of(which)
    if as_yaml:
        print(text, end="")  # noqa: T201 - this is the output
        return
    console = Console(highlight=False)
    for line in _lines(read_playbook(text, name)):
        console.print(line)


def _lines(playbook: Playbook) -> Iterator[str]:
    teams = ", ".join(playbook.teams) or "all teams"
    terms = f"{playbook.label}, language {playbook.language}, for {teams}"
    yield f"[bold]{escape(playbook.title)}[/] ({escape(terms)})"
    yield f"[dim]SHA-256 {playbook.hash}[/]"
    yield "\n[bold]Policies[/]"
    for policy in playbook.policies:
        yield from _policy(policy)
    yield from _section("Cues", _cues(playbook))
    yield from _section("Required words", (_absence(absence) for absence in playbook.absences))
    yield from _section("Ladder", _ladder(playbook))
    yield from _section("Cards", _cards(playbook))
    yield from _section("Alerts", _alerts(playbook))
    yield from _section("Messages to agents", (f"{one.id}: {escape(one.text)}" for one in playbook.coaching))


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    yield f"\n[bold]{title}[/]"
    yield from (f"  {line}" for line in lines)


def _policy(policy: Policy) -> Iterator[str]:
    phrases = f"{len(policy.asked)} asking, {len(policy.refused)} refusing phrases"
    yield f"  [magenta]{policy.id}[/]: {escape(policy.topic)} [dim]({phrases})[/]"
    yield f"    limit: {escape(policy.limit)}"
    yield f"    benefit: {escape(policy.benefit)}"
    for offer in policy.alternatives:
        yield f"    + {escape(offer.text)} [dim]({escape(_terms(offer))})[/]"


def _terms(offer: Offer) -> str:
    often = offer.per_customer
    terms = [
        f"cost {offer.cost}",
        f"for {', '.join(offer.tiers)}" if offer.tiers else "",
        f"{offer.per_call} times in a call" if offer.per_call > 1 else "",
        f"{often.times} in {often.days} days per customer" if often else "",
        f"from {offer.from_date}" if offer.from_date else "",
        f"until {offer.until_date}" if offer.until_date else "",
    ]
    return ", ".join(term for term in terms if term)


def _cues(playbook: Playbook) -> Iterator[str]:
    builtin = {rule.id for rule in builtin_cues(playbook.language).rules}
    here = {rule.id for rule in playbook.rules}
    yield f"{len(here & builtin)} of {len(builtin)} built-in rules"
    for id_ in sorted(here - builtin):
        yield f"[green]added[/] {id_}"
    for id_ in sorted(builtin - here):
        yield f"[red]switched off[/] {id_}"
    for kind, phrases in playbook.exceptions.items():
        yield f"{kind}: never on “{escape('”, “'.join(phrases))}”"
    for kind, sensitivity in playbook.sensitivity.items():
        yield f"{kind}: sensitivity of the classifier {sensitivity}"
    for kind, reach in playbook.reach.items():
        yield f"{kind}: reaches no further than {reach}"


def _absence(absence: Absence) -> str:
    since = "what starts its clock" if absence.waits else "the start of the call"
    within = f"within {absence.within_s} s of {since}" if absence.within_s else ""
    terms = ", ".join(term for term in (within, "by the end of the call" if absence.by_end else "") if term)
    return f"{escape(absence.title)}: by the {absence.speaker}, {terms}"


def _ladder(playbook: Playbook) -> Iterator[str]:
    ladder = playbook.ladder
    for rung in ladder.rungs:
        level = f" [dim](alerts at least {ladder.levels[rung]})[/]" if rung in ladder.levels else ""
        kinds = [
            f"{kind}{' climbs' if step.climbs else ''}" for kind, step in ladder.steps.items() if step.card == rung
        ]
        yield f"{rung}{level}: {', '.join(kinds) or 'only reached by climbing'}"
    if ladder.forget_s:
        yield f"forgotten after {ladder.forget_s} s without abuse"


def _cards(playbook: Playbook) -> Iterator[str]:
    for card in sorted(playbook.cards.values(), key=lambda card: -card.priority):
        often = f"priority {card.priority}, {card.cap} in a call, {card.cooldown_s} s apart"
        yield f"{card.name}: {escape(card.headline)} [dim]({often})[/]"


def _alerts(playbook: Playbook) -> Iterator[str]:
    for alert in playbook.alerts.values():
        first = f" from number {alert.from_count} on" if alert.from_count > 1 else ""
        yield f"{alert.kind}: {alert.level}{first}, {escape(alert.reason)}"
