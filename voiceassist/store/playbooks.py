"""Playbooks in the database: published versions, which never change, at most one draft of each, and what people
decided about whole playbooks.

A version's number is its place: 1, 2, ... within a playbook's name, and the highest is the current one. Publishing
is one transaction: the draft is gone and the version is there, or neither. Never reads YAML: texts are texts here.
Next: `playbook_registry.py` hands the current ones to calls; `server/playbooks.py` shows and changes them.
"""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Select, case, delete, func, insert, select, tuple_

from voiceassist.errors import ConflictError, UnknownNameError
from voiceassist.playbook_file.parse import hash_of
from voiceassist.store.audit import NewEntry, record
from voiceassist.store.database import Database, reading
from voiceassist.store.rows import Row
from voiceassist.store.schema import playbook_choices as choices
from voiceassist.store.schema import playbook_drafts as drafts
from voiceassist.store.schema import playbook_versions as versions

ChoiceAction = Literal[
    "default",  # calls in `language` get the playbook, where their team has none of its own
    "setting",  # they get the one that the settings name again, which is `name`
    "withdrawn",  # no new call gets the playbook
    "offered",  # new calls may get it again
]
CHOICES_READ = 200  # the newest; a person reads fewer
REVISION_MAX = 2**53 - 1  # a browser's numbers are exact up to here


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A published playbook, for ever as it was published."""

    name: str
    number: int
    hash: str  # SHA-256 of the text, hex
    text: str  # YAML
    author: str
    note: str
    published_at: str  # ISO 8601 with zone

    @property
    def label(self) -> str:
        """`name@number`, as events carry it."""
        return f"{self.name}@{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A playbook that somebody is changing."""

    name: str
    text: str  # YAML
    base: int  # number of the version that it changes; 0: none was published yet
    revision: int  # another one with every save; drawn by lot, so that no number ever comes back
    by: str  # who saved it last
    saved_at: str  # ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybookChoice:
    """What somebody decided about a whole playbook."""

    at: str  # ISO 8601 with zone
    by: str
    action: ChoiceAction
    name: str
    language: str = ""  # of calls; empty where it is about the playbook alone
    note: str = ""


def read_version(path: Path, name: str, number: int) -> Version:
    """One version from a database that a server may be using; it blocks. Raises UnknownNameError, StoreError."""
    wanted = select(versions).where(versions.c.name == name, versions.c.number == number)
    with reading(path) as connection:
        found = connection.execute(wanted).mappings().first()
    if found is None:
        raise _no_version(name, number)
    return Version(**found)


def read_current(path: Path, name: str) -> Version | None:
    """The newest version in a database that a server may be using, if it has one; it blocks. Raises StoreError."""
    wanted = select(versions).where(versions.c.name == name).order_by(versions.c.number.desc()).limit(1)
    with reading(path) as connection:
        found = connection.execute(wanted).mappings().first()
    return Version(**found) if found else None


def _no_version(name: str, number: int) -> UnknownNameError:
    return UnknownNameError("unknown_version", f"playbook {name!r} has no version {number}")


class Playbooks:
    """The tables of one open database. Every method raises StoreError when the disk fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def current(self) -> dict[str, Version]:
        """The newest version of every published playbook, by name."""
        newest = select(versions.c.name, func.max(versions.c.number)).group_by(versions.c.name)
        wanted = select(versions).where(tuple_(versions.c.name, versions.c.number).in_(newest))
        return {row["name"]: Version(**row) for row in await self._rows(wanted.order_by(versions.c.name))}

    async def versions(self, name: str) -> list[Version]:
        """Every version of a playbook, the newest first."""
        wanted = select(versions).where(versions.c.name == name).order_by(versions.c.number.desc())
        return [Version(**row) for row in await self._rows(wanted)]

    async def version(self, name: str, number: int) -> Version:
        """One version. Raises UnknownNameError."""
        found = await self._rows(select(versions).where(versions.c.name == name, versions.c.number == number))
        if not found:
            raise _no_version(name, number)
        return Version(**found[0])

    async def drafts(self) -> dict[str, Draft]:
        """Every draft, by the name of its playbook."""
        return {row["name"]: Draft(**row) for row in await self._rows(select(drafts).order_by(drafts.c.name))}

    async def draft(self, name: str) -> Draft | None:
        """The draft of a playbook, if there is one."""
        found = await self._rows(select(drafts).where(drafts.c.name == name))
        return Draft(**found[0]) if found else None

    async def save_draft(self, draft: Draft) -> Draft:
        """Stores what was made of revision `draft.revision` (0: there was no draft); returns it as the next one.

        Raises ConflictError when somebody else saved, published or threw away the draft in the meantime.
        """
        return await self._database.write(lambda connection: _save(connection, draft))

    async def discard_draft(self, name: str, revision: int) -> None:
        """Throws the draft away, if it is that revision. Raises UnknownNameError, ConflictError."""
        await self._database.write(lambda connection: _discard(connection, name, revision))

    async def publish_draft(self, draft: Draft, *, author: str, note: str, at: str) -> Version:
        """A draft becomes the next version as it was read. Raises ConflictError when another is stored by now."""
        return await self._database.write(
            lambda connection: _publish(connection, draft, author=author, note=note, at=at)
        )

    async def publish_text(self, name: str, text: str, *, author: str, note: str, at: str) -> Version:
        """A text becomes the next version; a draft stays as it is."""
        return await self._database.write(
            lambda connection: _add(connection, name, text, author=author, note=note, at=at)
        )

    async def choices(self, name: str | None = None) -> list[PlaybookChoice]:
        """What people decided, the newest first: all that counts, and with a name the last ones about it."""
        wanted = select(choices).order_by(choices.c.id.desc())
        if name is None:
            newest = select(func.max(choices.c.id)).group_by(*_WHAT_A_CHOICE_IS_ABOUT)
            wanted = wanted.where(choices.c.id.in_(newest))
        else:
            wanted = wanted.where(choices.c.name == name).limit(CHOICES_READ)
        rows = await self._rows(wanted)
        return [PlaybookChoice(**{key: row[key] for key in row if key != "id"}) for row in rows]

    async def decide(self, *decided: PlaybookChoice) -> None:
        """Stores decisions, all of them or none."""
        await self._database.write(lambda connection: _decide(connection, decided))

    async def _rows(self, wanted: Select[Any]) -> list[Row]:
        return await self._database.read(
            lambda connection: [dict(row) for row in connection.execute(wanted).mappings()]
        )


# A language has one default, whichever playbook it is; being withdrawn is each playbook's own.
_WHAT_A_CHOICE_IS_ABOUT = (choices.c.language, case((choices.c.language == "", choices.c.name), else_=""))


def _save(connection: Connection, draft: Draft) -> Draft:
    check_revision(_stored(connection, draft.name), draft.name, draft.revision)
    saved = replace(draft, revision=secrets.randbelow(REVISION_MAX) + 1)
    connection.execute(delete(drafts).where(drafts.c.name == draft.name))
    connection.execute(insert(drafts), asdict(saved))
    return saved


def _discard(connection: Connection, name: str, revision: int) -> None:
    stored = _stored(connection, name)
    if stored is None:
        raise UnknownNameError("unknown_draft", f"playbook {name!r} has no draft")
    check_revision(stored, name, revision)
    connection.execute(delete(drafts).where(drafts.c.name == name))


def _publish(connection: Connection, draft: Draft, *, author: str, note: str, at: str) -> Version:
    stored = _stored(connection, draft.name)
    check_revision(stored, draft.name, draft.revision)
    if stored != draft:
        raise ConflictError("draft_changed", f"the draft of {draft.name!r} is another one; load it again")
    version = _add(connection, draft.name, draft.text, author=author, note=note, at=at)
    connection.execute(delete(drafts).where(drafts.c.name == draft.name))
    return version


def _add(connection: Connection, name: str, text: str, *, author: str, note: str, at: str) -> Version:
    newest = select(func.max(versions.c.number)).where(versions.c.name == name)
    number = (connection.scalar(newest) or 0) + 1
    version = Version(
        name=name, number=number, hash=hash_of(text), text=text, author=author, note=note, published_at=at
    )
    connection.execute(insert(versions), asdict(version))
    detail = {"playbook": name, "number": number, "hash": version.hash}
    record(connection, NewEntry(who=author, what="playbook.published", detail=detail))
    return version


def _decide(connection: Connection, decided: Sequence[PlaybookChoice]) -> None:
    connection.execute(insert(choices), [asdict(choice) for choice in decided])
    for choice in decided:
        detail = {"playbook": choice.name, "language": choice.language}
        record(connection, NewEntry(who=choice.by, what=f"playbook.{choice.action}", detail=detail))


def _stored(connection: Connection, name: str) -> Draft | None:
    found = connection.execute(select(drafts).where(drafts.c.name == name)).mappings().first()
    return Draft(**found) if found else None


def check_revision(stored: Draft | None, name: str, revision: int) -> None:
    """Raises ConflictError when the stored draft is not the revision that was seen (0: that there was none)."""
    if stored and stored.revision != revision:
        raise ConflictError(
            "draft_changed",
            f"{stored.by} saved the draft of {name!r} at {stored.saved_at}; load it again and repeat your change",
        )
    if stored is None and revision:
        raise ConflictError(
            "draft_changed", f"the draft of {name!r} was published or thrown away; load the playbook again"
        )
