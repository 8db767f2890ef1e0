"""The notes of one call: added by anybody, changed, deleted and brought back by whoever wrote them.

Remembers what the events tell, and nothing else. Never decides who may see the call: the server does.
Next: `actions.py` and, for a finished call, `finished_calls.py` give the events back.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from voiceassist.actions import AddNote, ChangeNote
from voiceassist.errors import ActionError
from voiceassist.events import Event, NoteAdded, NoteChanged

NOTES = 500  # of one call, deleted ones too; overflow: the next is refused, and whoever writes it is told


@dataclass(slots=True)
class Notes:
    """All notes of one call so far."""

    added: int = 0
    notes: dict[str, NoteAdded] = field(default_factory=dict)  # by id, as they are now; deleted ones too
    deleted: set[str] = field(default_factory=set)

    def hear(self, events: Iterable[Event]) -> None:
        """Takes in what happened; other events than those of notes change nothing."""
        for event in events:
            if isinstance(event, NoteAdded):
                self.added += 1
                if event.note_id:
                    self.notes[event.note_id] = event
            elif isinstance(event, NoteChanged):
                id_ = event.note.note_id
                self.notes[id_] = event.note
                self.deleted = self.deleted | {id_} if event.deleted else self.deleted - {id_}

    def carry_out(self, action: AddNote | ChangeNote) -> list[Event]:
        """What follows from an action. Raises ActionError."""
        events = [self._add(action)] if isinstance(action, AddNote) else self._change(action)
        self.hear(events)
        return [*events]

    def _add(self, action: AddNote) -> NoteAdded:
        if self.added >= NOTES:
            raise ActionError("notes_full", f"{NOTES} notes were written about this call: change one of them")
        return NoteAdded(
            at_ms=action.at_ms,
            by=action.by,
            text=_written(action.text),
            done_at=action.done_at,
            note_id=f"n{self.added + 1}",
            login=action.login,
            place=action.place,
            mentions=action.mentions,
        )

    def _change(self, action: ChangeNote) -> list[NoteChanged]:
        before = self.notes.get(action.note_id)
        if before is None:
            raise ActionError("unknown_note", f"this call has no note {action.note_id!r}; reload the page")
        if (before.login, before.by) != (action.login, action.by):
            raise ActionError("note_not_yours", f"{before.by} wrote this note: only they change or delete it")
        note = before
        if action.text is not None:
            note = replace(before, text=_written(action.text), mentions=action.mentions)
        if note == before and action.deleted == (action.note_id in self.deleted):
            return []
        return [
            NoteChanged(
                at_ms=action.at_ms, note=note, by=action.by, deleted=action.deleted, done_at=action.done_at
            )
        ]


def notes_in(events: Iterable[Event]) -> Notes:
    """Of a call that is over."""
    notes = Notes()
    notes.hear(events)
    return notes


def _written(text: str) -> str:
    """What somebody wrote. Raises ActionError for a blank note."""
    if not text.strip():
        raise ActionError("empty_note", "the note is empty: write something first")
    return text.strip()
