"""The playbooks that calls get: the current version of each, and which one a call is for.

A call keeps its playbook to its end, whatever is published meanwhile. The operator's setting names the default of
a language; one that people chose goes before it. Never changes a published text.
Next: `playbook_start.py` makes the registry of a server; `runtime.py` asks it for every call and publishes.
"""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog

from voiceassist.core.playbook.model import Playbook
from voiceassist.errors import ConflictError, UnknownNameError
from voiceassist.offered_playbooks import OfferedPlaybooks
from voiceassist.playbook_file.parse import hash_of
from voiceassist.playbook_worker import work
from voiceassist.playbook_worker.work import PlaybookText, header_of
from voiceassist.playbook_worker.worker import PlaybookWorker
from voiceassist.playbooks import read_playbook
from voiceassist.store.playbooks import Draft, PlaybookChoice, Playbooks, Version, check_revision
from voiceassist.trials.compiled import compile_playbook

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultPlaybook:
    """What calls in a language get where their team has no playbook of its own, and who says so."""

    language: str
    name: str
    setting: str  # the playbook that the server's settings name
    choice: PlaybookChoice | None  # by which another one goes before that; null: the setting counts


class PlaybookRegistry:
    """The current playbooks. `playbook_start.py` makes one; only its own methods change it, one at a time."""

    def __init__(
        self,
        store: Playbooks,
        worker: PlaybookWorker,
        settings: Mapping[str, str],
        offered: OfferedPlaybooks,
        choices: Mapping[str, PlaybookChoice],
    ) -> None:
        """`settings`: the name of each language's playbook by the settings; `choices`: what goes before them."""
        self._store = store
        self._worker = worker
        self._settings = settings
        self._choices = dict(choices)
        self._turn = asyncio.Lock()
        self.offered = offered

    def for_call(self, language: str, team: str) -> Playbook:
        """The playbook of a call that is heard in a language of ours, answered by somebody of that team."""
        return self.offered.for_call(language, team)

    def default_of(self, language: str) -> Playbook:
        """The playbook of every team that has none of its own."""
        return self.offered.default_of(language)

    def of_language(self, language: str) -> tuple[Playbook, ...]:
        """All that calls in this language may get, the default first."""
        return self.offered.of_language(language)

    def defaults(self) -> tuple[DefaultPlaybook, ...]:
        """Of every language, the default, the setting, and the choice that goes before it."""
        return tuple(
            DefaultPlaybook(language=tag, name=name, setting=self._settings[tag], choice=self._choices.get(tag))
            for tag, name in self.offered.defaults.items()
        )

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

    async def withdraw(self, name: str, *, note: str, by: str) -> PlaybookChoice:
        """No new call gets the playbook; its versions and its draft stay. `offer_again` takes that back.

        Raises ConflictError, UnknownNameError and StoreError.
        """
        return await asyncio.shield(self._withdraw(name, note, by))

    async def _withdraw(self, name: str, note: str, by: str) -> PlaybookChoice:
        async with self._turn:
            await self._published(name)
            languages = [tag for tag, default in self.offered.defaults.items() if default == name]
            if languages:
                raise ConflictError(
                    "default_playbook",
                    f"{name!r} is the default for calls in {', '.join(map(repr, languages))}: "
                    "make another playbook the default first",
                )
            if name in self.offered.withdrawn:
                raise ConflictError("withdrawn_already", f"playbook {name!r} is withdrawn already")
            choice = PlaybookChoice(at=now(), by=by, action="withdrawn", name=name, note=note)
            await self._store.decide(choice)
            self.offered = replace(self.offered, withdrawn=self.offered.withdrawn | {name})
            return _logged(choice)

    async def offer_again(self, name: str, *, note: str, by: str) -> PlaybookChoice:
        """Takes a withdrawal back. Raises as `withdraw` does."""
        return await asyncio.shield(self._offer_again(name, note, by))

    async def _offer_again(self, name: str, note: str, by: str) -> PlaybookChoice:
        async with self._turn:
            await self._published(name)
            if name not in self.offered.withdrawn:
                raise ConflictError("not_withdrawn", f"playbook {name!r} is not withdrawn")
            self._check_fits(name)
            choice = PlaybookChoice(at=now(), by=by, action="offered", name=name, note=note)
            await self._store.decide(choice)
            self.offered = replace(self.offered, withdrawn=self.offered.withdrawn - {name})
            return _logged(choice)

    async def make_default(
        self, name: str, language: str | None, *, note: str, by: str
    ) -> tuple[PlaybookChoice, ...]:
        """Calls in a language get the playbook where their team has none of its own; None: in every one it serves.

        The playbook that the settings name goes back to the setting: that counts again, also when it is changed.
        Raises as `withdraw` does.
        """
        return await asyncio.shield(self._make_default(name, language, note, by))

    async def _make_default(
        self, name: str, language: str | None, note: str, by: str
    ) -> tuple[PlaybookChoice, ...]:
        async with self._turn:
            await self._published(name)
            languages = self._languages_for(name, language)
            at = now()
            chosen = tuple(
                PlaybookChoice(
                    at=at,
                    by=by,
                    action="setting" if self._settings[tag] == name else "default",
                    name=name,
                    language=tag,
                    note=note,
                )
                for tag in languages
            )
            await self._store.decide(*chosen)
            for choice in chosen:
                self._take(_logged(choice))
            return chosen

    def _languages_for(self, name: str, language: str | None) -> Sequence[str]:
        """The languages whose default the playbook is to become. Raises ConflictError, UnknownNameError."""
        if language is not None and language not in self.offered.defaults:
            raise UnknownNameError("unknown_language", f"no engine here hears calls in {language!r}")
        if name in self.offered.withdrawn:
            raise ConflictError("withdrawn", f"playbook {name!r} is withdrawn: offer it again first")
        playbook = self._readable(name)
        served = self.offered.served_by(playbook.language)
        if not served or (language is not None and language not in served):
            wanted = repr(language) if language else "any language here"
            raise ConflictError(
                "default_language", f"{name!r} is for calls in {playbook.language!r}, not in {wanted}"
            )
        if playbook.teams:
            raise ConflictError(
                "default_has_teams",
                f"{name!r} is for the teams {', '.join(playbook.teams)}; a default is for all: publish it without "
                "teams first",
            )
        others = [tag for tag in ([language] if language else served) if self.offered.defaults[tag] != name]
        if not others:
            raise ConflictError("default_already", f"{name!r} is the default already")
        return others

    def _take(self, choice: PlaybookChoice) -> None:
        self._choices.pop(choice.language, None)
        if choice.action == "default":
            self._choices[choice.language] = choice
        defaults = {**self.offered.defaults, choice.language: choice.name}
        self.offered = replace(self.offered, defaults=defaults)

    def _put(self, playbook: Playbook, version: Version) -> Version:
        seen, stored = (playbook.label, playbook.hash), (version.label, version.hash)
        assert seen == stored, "nobody else publishes: the data folder is ours"
        self.offered = replace(self.offered, current={**self.offered.current, version.name: playbook})
        log.info("playbook published", playbook=version.label, by=version.author, note=version.note)
        return version

    async def _admitted(self, text: str, name: str) -> Playbook:
        """The playbook as the next version, ready for calls, if it may be the current one."""
        newest = await self._newest(name)
        source = _next(text, name, newest)
        header = await self._worker.run(work.compiled, source)
        if hindrance := self.offered.hindrance(header, name):
            raise ConflictError("not_publishable", f"{name}: {hindrance[1]}")
        return await made_ready(source)

    def _check_fits(self, name: str) -> None:
        """Raises ConflictError when the current version can no longer be what calls get."""
        if hindrance := self.offered.hindrance(header_of(self._readable(name)), name):
            raise ConflictError(hindrance[1].code, f"{name}: {hindrance[1]}")

    def _readable(self, name: str) -> Playbook:
        """The current version as calls use it. Raises ConflictError where this program cannot read it."""
        if name not in self.offered.current:
            raise ConflictError(
                "not_publishable", f"the current version of {name!r} cannot be used: publish another one first"
            )
        return self.offered.current[name]

    async def _published(self, name: str) -> Version:
        newest = await self._newest(name)
        if newest is None:
            raise UnknownNameError("unknown_version", f"playbook {name!r} was never published")
        return newest

    async def _newest(self, name: str) -> Version | None:
        return (await self._store.current()).get(name)


def _logged(choice: PlaybookChoice) -> PlaybookChoice:
    about = {"playbook": choice.name, "by": choice.by, "note": choice.note}
    log.info("playbook chosen", action=choice.action, language=choice.language, **about)
    return choice


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


def now() -> str:
    """The wall clock, as versions and drafts carry it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


async def made_ready(source: PlaybookText) -> Playbook:
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
