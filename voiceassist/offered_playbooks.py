"""Which playbook a call gets, and what keeps a playbook from being one of them.

A call gets the playbook that lists its agent's team, else the default of its language. Pure: decides from what is
published, and never publishes. Next: `playbook_registry.py` keeps one of these and replaces it with every change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from voiceassist.core.playbook.model import Playbook
from voiceassist.playbook_worker.work import PlaybookHeader
from voiceassist.speech_models.language import serves
from voiceassist.yamltext.problems import Message, Path, told

Hindrance = tuple[Path, Message]  # field, and what is wrong with it


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedPlaybooks:
    """What new calls may get."""

    current: Mapping[str, Playbook]  # by name: of every playbook that was published, its newest version
    defaults: Mapping[str, str]  # by language of calls: the name of what teams without a playbook of their own get
    withdrawn: frozenset[str] = field(default=frozenset())  # names

    def for_call(self, language: str, team: str) -> Playbook:
        """The playbook of a call that is heard in a language of ours, answered by somebody of that team."""
        others = self._of_teams(language)
        return next((one for one in others if _has(one, team)), self.default_of(language))

    def default_of(self, language: str) -> Playbook:
        """The playbook of every team that has none of its own."""
        return self.current[self.defaults[language]]

    def of_language(self, language: str) -> tuple[Playbook, ...]:
        """All that calls in this language may get, the default first."""
        return self.default_of(language), *self._of_teams(language)

    def is_default(self, name: str) -> bool:
        """Whether it is the default of some language."""
        return name in self.defaults.values()

    def served_by(self, language: str) -> tuple[str, ...]:
        """The languages of calls here that a playbook in that language can be for."""
        return tuple(tag for tag in self.defaults if serves(language, tag))

    def hindrance(self, playbook: PlaybookHeader, name: str) -> Hindrance | None:
        """What keeps a playbook without problems from being the current one of that name: its field, and why."""
        if playbook.name != name:
            text = f"is {playbook.name!r}; it must stay {name!r}"
            return ("name",), told(text, "name_fixed", now=playbook.name, wanted=name)
        own = [tag for tag, default in self.defaults.items() if default == name]
        return _default_hindrance(playbook, own) if own else self._other_hindrance(playbook)

    def _other_hindrance(self, playbook: PlaybookHeader) -> Hindrance | None:
        served = self.served_by(playbook.language)
        if served:
            return self._team_hindrance(playbook, served)
        languages = ", ".join(self.defaults)
        text = (
            f"no engine here hears calls in {playbook.language!r} (only {languages}): "
            f"set `engines.{playbook.language}` first"
        )
        return ("language",), told(text, "no_engine", language=playbook.language, languages=languages)

    def _team_hindrance(self, playbook: PlaybookHeader, served: tuple[str, ...]) -> Hindrance | None:
        for tag in served:
            for other in self._of_teams(tag):
                shared = [team for team in playbook.teams if _has(other, team)]
                if shared and other.name != playbook.name:
                    text = f"team {shared[0]!r} has {other.name!r} already: take it off one of the two"
                    return ("teams",), told(text, "team_taken", team=shared[0], other=other.name)
        return None

    def _of_teams(self, language: str) -> list[Playbook]:
        """Those for some teams. One without teams, unless a default, waits to be made one."""
        return [
            one
            for one in self.current.values()
            if one.teams
            and serves(one.language, language)
            and one.name not in self.withdrawn
            and not self.is_default(one.name)
        ]


def _default_hindrance(playbook: PlaybookHeader, tags: list[str]) -> Hindrance | None:
    if playbook.teams:
        text = f"it is the default for calls in {tags[0]!r}, so it is for all teams: leave this empty"
        return ("teams",), told(text, "default_has_teams", language=tags[0])
    other = next((tag for tag in tags if not serves(playbook.language, tag)), None)
    if other:
        text = f"it is the default for calls in {other!r}, so this cannot be {playbook.language!r}"
        return ("language",), told(text, "default_language", language=other, now=playbook.language)
    return None


def _has(playbook: Playbook, team: str) -> bool:
    return team.strip().casefold() in (one.strip().casefold() for one in playbook.teams)
