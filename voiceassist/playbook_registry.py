"""The playbooks that calls get: the current version of each, and which one a call is for.

A call gets the playbook that lists its agent's team, else the default of its language; it keeps that one to its
end, whatever is published meanwhile. The operator's setting names the default: a built-in playbook or a file. It
becomes version 1 when the store has none, and a file that was changed becomes the next version; else what people
published stays. Never changes a published text. Next: `runtime.py` asks for every call and publishes.
"""

import asyncio
import pathlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from voiceassist.core.playbook.model import Playbook
from voiceassist.errors import ConflictError, PlaybookError, UnknownNameError
from voiceassist.playbook_file.parse import hash_of
from voiceassist.playbook_worker import work
from voiceassist.playbook_worker.work import PlaybookHeader, PlaybookText, header_of
from voiceassist.playbook_worker.worker import PlaybookWorker
from voiceassist.playbooks import read_playbook
from voiceassist.speech_models.language import serves
from voiceassist.store.playbooks import Draft, Playbooks, Version, check_revision
from voiceassist.trials.compiled import compile_playbook
from voiceassist.yamltext.json_edits import Edit
from voiceassist.yamltext.problems import Path

log = structlog.get_logger()

Hindrance = tuple[Path, str]  # field, and what is wrong with it
IMPORTER = "voiceassist"  # author of versions that came with the program or from a configured file


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredPlaybook:
    """The playbook that the operator's settings name for a language."""

    text: str  # YAML
    playbook: Playbook
    file: pathlib.Path | None  # None: built in


class PlaybookRegistry:
    """The current playbooks. `load_registry` makes one; only `publish`, `roll_back` and `withdraw` change it."""

    def __init__(
        self,
        store: Playbooks,
        worker: PlaybookWorker,
        defaults: Mapping[str, str],
        current: dict[str, Playbook],
    ) -> None:
        """`defaults`: the playbook's name for every language that calls may have."""
        self._store = store
        self._worker = worker
        self._defaults = defaults
        self._current = current
        self._turn = asyncio.Lock()

    def for_call(self, language: str, team: str) -> Playbook:
        """The playbook of a call that is heard in a language of ours, answered by somebody of that team."""
        others = self._of_teams(language)
        return next((one for one in others if _has(one, team)), self.default_of(language))

    def default_of(self, language: str) -> Playbook:
        """The playbook of every team that has none of its own."""
        return self._current[self._defaults[language]]

    def of_language(self, language: str) -> tuple[Playbook, ...]:
        """All that calls in this language may get, the default first."""
        return self.default_of(language), *self._of_teams(language)

    def is_default(self, name: str) -> bool:
        """Whether the settings name it for some language."""
        return name in self._defaults.values()

    async def publish(self, name: str, revision: int, *, note: str, by: str, over: int | None = None) -> Version:
        """The draft becomes the current version; `over` names one that was published since it was begun, if any.

        Raises ConflictError (somebody was faster, or it cannot be current), UnknownNameError, PlaybookError and
        StoreError. A cancelled one goes on by itself: calls never get another version than the store has.
        """
        return await asyncio.shield(self._publish(name, revision, note, by, over))

    async def _publish(self, name: str, revision: int, note: str, by: str, over: int | None) -> Version:
        async with self._turn:
            draft = await self._store.draft(name)
            check_revision(draft, name, revision)
            if draft is None:
                raise UnknownNameError("unknown_draft", f"playbook {name!r} has no draft")
            _check_base(draft, await self._newest(name), over)
            playbook = await self._admitted(draft.text, name)
            return self._put(playbook, await self._store.publish_draft(draft, author=by, note=note, at=now()))

    async def roll_back(self, name: str, number: int, *, note: str, by: str) -> Version:
        """An earlier text becomes the current version, under the next number. Raises as `publish` does."""
        return await asyncio.shield(self._roll_back(name, number, note, by))

    async def _roll_back(self, name: str, number: int, note: str, by: str) -> Version:
        async with self._turn:
            text = (await self._store.version(name, number)).text
            playbook = await self._admitted(text, name)
            told = f"Back to version {number}: {note}" if note else f"Back to version {number}"
            return self._put(playbook, await self._store.publish_text(name, text, author=by, note=told, at=now()))

    async def withdraw(self, name: str, *, note: str, by: str) -> Version:
        """A team playbook gets no calls any more: its next version is for no team. It can be published again.

        Raises as `publish` does.
        """
        return await asyncio.shield(self._withdraw(name, note, by))

    async def _withdraw(self, name: str, note: str, by: str) -> Version:
        async with self._turn:
            newest = await self._newest(name)
            if newest is None:
                raise UnknownNameError("unknown_version", f"playbook {name!r} was never published")
            if self.is_default(name):
                raise ConflictError(
                    "default_playbook", f"{name!r} is what calls get that no other playbook is for"
                )
            edit = Edit(op="set", path=("teams",), value=[])
            text = await self._worker.run(work.edited, newest.text, (edit,))
            playbook = await _made_ready(_next(text, name, newest))
            told = f"Withdrawn: {note}" if note else "Withdrawn"
            return self._put(playbook, await self._store.publish_text(name, text, author=by, note=told, at=now()))

    def _put(self, playbook: Playbook, version: Version) -> Version:
        seen, stored = (playbook.label, playbook.hash), (version.label, version.hash)
        assert seen == stored, "nobody else publishes: the data folder is ours"
        self._current[version.name] = playbook
        log.info("playbook published", playbook=version.label, by=version.author, note=version.note)
        return version

    async def _admitted(self, text: str, name: str) -> Playbook:
        """The playbook as the next version, ready for calls, if it may be the current one."""
        newest = await self._newest(name)
        source = _next(text, name, newest)
        header = await self._worker.run(work.compiled, source)
        if hindrance := self.hindrance(header, name):
            raise ConflictError("not_publishable", f"{name}: {hindrance[1]}")
        return await _made_ready(source)

    async def _newest(self, name: str) -> Version | None:
        return (await self._store.current()).get(name)

    def hindrance(self, playbook: PlaybookHeader, name: str) -> Hindrance | None:
        """What keeps a playbook without problems from being the current one of that name: its field, and why."""
        if playbook.name != name:
            return ("name",), f"is {playbook.name!r}; it must stay {name!r}"
        own = [tag for tag, default in self._defaults.items() if default == name]
        return _default_hindrance(playbook, own) if own else self._other_hindrance(playbook)

    def _other_hindrance(self, playbook: PlaybookHeader) -> Hindrance | None:
        served = [tag for tag in self._defaults if serves(playbook.language, tag)]
        if served:
            return self._team_hindrance(playbook, served)
        languages = ", ".join(self._defaults)
        return ("language",), (
            f"no engine here hears calls in {playbook.language!r} (only {languages}): "
            f"set `engines.{playbook.language}` first"
        )

    def _team_hindrance(self, playbook: PlaybookHeader, served: list[str]) -> Hindrance | None:
        if not playbook.teams:
            default = self._defaults[served[0]]
            told = f"calls in {served[0]!r} have {default!r} already: name the teams that this one is for"
            return ("teams",), told
        for tag in served:
            for other in self._of_teams(tag):
                shared = [team for team in playbook.teams if _has(other, team)]
                if shared and other.name != playbook.name:
                    return ("teams",), f"team {shared[0]!r} has {other.name!r} already: take it off one of the two"
        return None

    def _of_teams(self, language: str) -> list[Playbook]:
        """Those for some teams; one without teams, unless a default, was withdrawn."""
        others = (one for one in self._current.values() if not self.is_default(one.name))
        return [one for one in others if one.teams and serves(one.language, language)]


def _next(text: str, name: str, newest: Version | None) -> PlaybookText:
    """The text as the version after the newest, which must be another. Raises ConflictError."""
    if newest and newest.hash == hash_of(text):
        raise ConflictError("nothing_changed", f"this is the text of version {newest.number}, which calls get")
    return PlaybookText(text, name, newest.number + 1 if newest else 1)


def _check_base(draft: Draft, newest: Version | None, over: int | None) -> None:
    """Raises ConflictError when the draft would silently undo what was published after it was begun."""
    if newest and newest.number > draft.base and over != newest.number:
        raise ConflictError(
            "base_changed",
            f"version {newest.number} by {newest.author} was published after this draft was begun from version "
            f"{draft.base}: look at what it changed, then publish with `over`: {newest.number}, or throw the "
            "draft away",
        )


def _default_hindrance(playbook: PlaybookHeader, tags: list[str]) -> Hindrance | None:
    if playbook.teams:
        return ("teams",), f"it is the default for calls in {tags[0]!r}, so it is for all teams: leave this empty"
    other = next((tag for tag in tags if not serves(playbook.language, tag)), None)
    if other:
        return ("language",), f"it is the default for calls in {other!r}, so this cannot be {playbook.language!r}"
    return None


def _has(playbook: Playbook, team: str) -> bool:
    return team.strip().casefold() in (one.strip().casefold() for one in playbook.teams)


def now() -> str:
    """The wall clock, as versions and drafts carry it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


# ---- at the start ----------------------------------------------------------------------------------------


async def load_registry(
    store: Playbooks, bases: Mapping[str, ConfiguredPlaybook], worker: PlaybookWorker
) -> PlaybookRegistry:
    """The registry of a server whose settings name these playbooks. Raises PlaybookError, StoreError."""
    _check_names(bases)
    for base in bases.values():
        await _import(store, base)
    defaults = {language: base.playbook.name for language, base in bases.items()}
    current: dict[str, Playbook] = {}
    for version in (await store.current()).values():
        try:
            current[version.name] = await _made_ready(PlaybookText(version.text, version.label, version.number))
        except PlaybookError as error:
            if version.name in defaults.values():
                raise PlaybookError(f"{error}; name a file with a playbook that can be used") from error
            log.error("playbook cannot be used by this version", playbook=version.label, error=str(error))  # noqa: TRY400
    registry = PlaybookRegistry(store, worker, defaults, current)
    _warn(registry, current)
    return registry


def _warn(registry: PlaybookRegistry, current: Mapping[str, Playbook]) -> None:
    """Names what was published under other settings and could not be published under these."""
    for name, playbook in current.items():
        hindrance = registry.hindrance(header_of(playbook), name)
        if hindrance and (playbook.teams or registry.is_default(name)):
            log.error("playbook does not fit the settings", playbook=playbook.label, reason=hindrance[1])


def _check_names(bases: Mapping[str, ConfiguredPlaybook]) -> None:
    by_name: dict[str, ConfiguredPlaybook] = {}
    for base in bases.values():
        other = by_name.setdefault(base.playbook.name, base)
        if other.text != base.text:
            raise PlaybookError(
                f"{other.file or 'built in'} and {base.file or 'built in'} are both named {base.playbook.name!r}: "
                "give one of them another `name`"
            )


async def _import(store: Playbooks, base: ConfiguredPlaybook) -> None:
    """Publishes the operator's playbook when the store lacks it, or when its file was changed since."""
    name = base.playbook.name
    stored = await store.versions(name)
    imported = next((version for version in stored if version.author == IMPORTER), None)
    known = {version.hash for version in (*stored[:1], imported) if version}
    if base.playbook.hash in known:
        return
    if stored and base.file is None:
        log.info("built-in playbook is not the published one, which stays", playbook=stored[0].label)
        return
    note = f"from {base.file.name}" if base.file else "built in"
    if stored and stored[0].author != IMPORTER:
        note += f", in place of {stored[0].number} by {stored[0].author}"
        log.warning("changed file replaces a published playbook", playbook=stored[0].label, by=stored[0].author)
    version = await store.publish_text(name, base.text, author=IMPORTER, note=note, at=now())
    log.info("playbook imported", playbook=version.label, note=note)


async def _made_ready(source: PlaybookText) -> Playbook:
    """Read and compiled, so that its first call does not wait: in this process, since calls run here.

    A thread of its own, which nothing else waits for. Raises PlaybookError.
    """
    thread = ThreadPoolExecutor(1, "playbook-compile")
    try:
        return await asyncio.get_running_loop().run_in_executor(thread, _compiled, source)
    finally:
        thread.shutdown(wait=False)


def _compiled(source: PlaybookText) -> Playbook:
    playbook = read_playbook(source.text, source.name, source.number)
    compile_playbook(playbook)
    return playbook
