"""Follows the records of calls, and says what is to be told of their incidents.

An incident is told when it begins, when its level rises and when somebody changes its state: never again for a
repeat. Pure: no clock. Bound: the newest so many incidents; one that nobody changed for longer is forgotten, and a
later change of it is not told.
Next: `desk.py` gives what this says to `rules.py`.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from voiceassist.core.call.incidents import gravity
from voiceassist.core.screen.wall import WallRow
from voiceassist.events import Alert, AlertChanged, AlertRepeated, Record
from voiceassist.notices.notice import Notice, short

KNOWN = 10_000  # incidents; some 10 MB at the texts' longest

IncidentKey = tuple[str, str]  # call_id, id of the incident's first alert


class Incidents:
    """The newest incidents, each as it was told last."""

    def __init__(self, rows: Mapping[str, WallRow]) -> None:
        self._rows = rows  # of the wall: whose call it is
        self._known: OrderedDict[IncidentKey, Notice] = OrderedDict()

    def begin_with(self, rows: Iterable[WallRow]) -> None:
        """Incidents of before the server started: their changes are told, they themselves were."""
        for row in rows:
            for view in row.alerts:
                notice = _raised(row.call_id, view.alert, row, row.started_at)
                self._keep(replace(notice, incident=view.incident, state=view.state))

    def told(self, record: Record, at: str) -> Notice | None:
        """What this record means for a notice; None: nothing. `at`: now, ISO 8601 with zone."""
        match record.event:
            case Alert() | AlertRepeated() as alert:
                return self._alerted(record.call_id, alert, at)
            case AlertChanged() as change:
                return self._changed(record.call_id, change, at)
        return None

    def forget(self, call_ids: Iterable[str]) -> None:
        """Nothing is known of these calls any more."""
        gone = set(call_ids)
        for key in [one for one in self._known if one[0] in gone]:
            del self._known[key]

    def _alerted(self, call_id: str, alert: Alert | AlertRepeated, at: str) -> Notice | None:
        notice = _raised(call_id, alert, self._rows.get(call_id), at)
        known = self._known.get((call_id, notice.incident))
        if known is None:
            return self._keep(notice)
        if gravity(alert.level) <= gravity(known.level):
            return None
        return self._keep(replace(notice, about="rose"))

    def _changed(self, call_id: str, change: AlertChanged, at: str) -> Notice | None:
        known = self._known.get((call_id, change.alert_id))
        if known is None or known.state == change.state:
            return None
        by, note = short(change.by), short(change.note)
        return self._keep(replace(known, about="changed", at=at, state=change.state, by=by, note=note))

    def _keep(self, notice: Notice) -> Notice:
        key = notice.call_id, notice.incident
        self._known[key] = notice
        self._known.move_to_end(key)
        if len(self._known) > KNOWN:
            self._known.popitem(last=False)
        return notice


def _raised(call_id: str, alert: Alert | AlertRepeated, row: WallRow | None, at: str) -> Notice:
    agent, customer = (row.agent, row.customer) if row else (None, None)
    return Notice(
        about="raised",
        at=at,
        call_id=call_id,
        incident=alert.incident or (alert.alert_id if isinstance(alert, Alert) else ""),
        level=alert.level,
        kind=alert.kind,
        reason=short(alert.reason),
        reason_code=alert.reason_code,
        unsaid=short(alert.unsaid),
        agent=short(agent.name if agent else ""),
        team=short(agent.team if agent else ""),
        quote=short(alert.quote),
        customer=short(customer.name if customer else ""),
    )
