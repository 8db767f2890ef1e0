"""The registry of a server that starts: what the settings name, what the store has, what people chose.

The operator's setting names a built-in playbook or a file. It becomes version 1 when the store has none, and a
file that was changed becomes the next version; else what people published stays. A default that people chose goes
before the setting, while it can be used. Next: `app.py` gives the registry to `runtime.py`.
"""

import pathlib
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from voiceassist.core.playbook.model import Playbook
from voiceassist.errors import PlaybookError
from voiceassist.offered_playbooks import OfferedPlaybooks
from voiceassist.playbook_registry import PlaybookRegistry, made_ready, now
from voiceassist.playbook_worker.work import PlaybookText, header_of
from voiceassist.playbook_worker.worker import PlaybookWorker
from voiceassist.speech_models.language import serves
from voiceassist.store.playbooks import PlaybookChoice, Playbooks

log = structlog.get_logger()

IMPORTER = "voiceassist"  # author of versions that came with the program or from a configured file


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredPlaybook:
    """The playbook that the operator's settings name for a language."""

    text: str  # YAML
    playbook: Playbook
    file: pathlib.Path | None  # None: built in


async def load_registry(
    store: Playbooks, bases: Mapping[str, ConfiguredPlaybook], worker: PlaybookWorker
) -> PlaybookRegistry:
    """The registry of a server whose settings name these playbooks. Raises PlaybookError, StoreError."""
    _check_names(bases)
    for base in bases.values():
        await _import(store, base)
    settings = {language: base.playbook.name for language, base in bases.items()}
    current = await _read_all(store, settings)
    newest = await store.choices()
    withdrawn = frozenset(choice.name for choice in newest if choice.action == "withdrawn")
    choices = {
        choice.language: choice
        for choice in newest
        if choice.language in settings and _can_be_default(choice, current, withdrawn)
    }
    defaults = settings | {language: choice.name for language, choice in choices.items()}
    offered = OfferedPlaybooks(
        current=current, defaults=defaults, withdrawn=withdrawn.difference(defaults.values())
    )
    _warn(offered)
    return PlaybookRegistry(store, worker, settings, offered, choices)


async def _read_all(store: Playbooks, settings: Mapping[str, str]) -> Mapping[str, Playbook]:
    """The newest version of every playbook that this program can use, by name."""
    current: dict[str, Playbook] = {}
    for version in (await store.current()).values():
        try:
            current[version.name] = await made_ready(PlaybookText(version.text, version.label, version.number))
        except PlaybookError as error:
            if version.name in settings.values():
                raise PlaybookError(f"{error}; name a file with a playbook that can be used") from error
            log.error("playbook cannot be used by this version", playbook=version.label, error=str(error))  # noqa: TRY400
    return current


def _can_be_default(choice: PlaybookChoice, current: Mapping[str, Playbook], withdrawn: frozenset[str]) -> bool:
    """Whether a choice of earlier still holds; where it cannot, the log says that the setting counts."""
    if choice.action != "default":
        return False
    playbook = current.get(choice.name)
    if (
        playbook
        and not playbook.teams
        and serves(playbook.language, choice.language)
        and choice.name not in withdrawn
    ):
        return True
    log.error(
        "the chosen default cannot be used; the one that the settings name is",
        playbook=choice.name,
        language=choice.language,
        by=choice.by,
    )
    return False


def _warn(offered: OfferedPlaybooks) -> None:
    """Names what was published under other settings and could not be published under these."""
    for name, playbook in offered.current.items():
        hindrance = offered.hindrance(header_of(playbook), name)
        if hindrance and name not in offered.withdrawn:
            log.error("playbook does not fit the settings", playbook=playbook.label, reason=str(hindrance[1]))


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
