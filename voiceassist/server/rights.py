"""Who may call what: every route and socket with its roles, in one table.

A person has some of the roles; `anyone` needs no sign-in, `ingest` is a phone system. Which calls somebody sees on
these routes is `scope.py`'s matter. Two things are no routes: the broker's topics, whose rights are the broker's
own (the bus publishes every call, so its access list is to let programs in, not people), and WHEP, which is not
served. Never enforces anything: each route says the same with `allow(...)`, and a test compares the two and tries
every role on every route. Next: `auth.py` refuses.
"""

from collections.abc import Mapping

from voiceassist.server.auth import PEOPLE, SCREENS, Role

ANYONE: frozenset[Role] = frozenset({"anyone"})
INGEST: frozenset[Role] = frozenset({"ingest"})
ON_SCREENS: frozenset[Role] = frozenset(SCREENS)
ON_CALLS: frozenset[Role] = frozenset({"agent", "supervisor"})
SUPERVISOR: frozenset[Role] = frozenset({"supervisor"})
REVIEWS: frozenset[Role] = frozenset({"supervisor", "reviewer"})
READS_PLAYBOOKS: frozenset[Role] = frozenset({*SCREENS, "author"})
AUTHOR: frozenset[Role] = frozenset({"author"})
ADMIN: frozenset[Role] = frozenset({"admin"})
EVERYBODY: frozenset[Role] = frozenset(PEOPLE)

RIGHTS: Mapping[str, frozenset[Role]] = {
    "GET /": ANYONE,
    "GET /account": ANYONE,
    "GET /admin": ANYONE,
    "GET /admin/{place}": ANYONE,
    "GET /agent": ANYONE,
    "GET /api/activity": REVIEWS,
    "GET /api/admin/engines": ADMIN,
    "GET /api/admin/models": ADMIN,
    "GET /api/agents": ON_CALLS,
    "GET /api/asyncapi.yaml": ANYONE,
    "GET /api/audit": ADMIN,
    "GET /api/audit/check": ADMIN,
    "GET /api/audit/export.{kind}": ADMIN,
    "GET /api/calls": ON_SCREENS,
    "DELETE /api/calls/{call_id}": ADMIN,
    "GET /api/calls/{call_id}": ON_SCREENS,
    "POST /api/calls/{call_id}/actions": ON_CALLS,
    "GET /api/calls/{call_id}/events": ON_SCREENS,
    "GET /api/calls/{call_id}/recording": ON_SCREENS,
    "HEAD /api/calls/{call_id}/recording": ON_SCREENS,
    "SOCKET /api/calls/{call_id}/socket": ON_SCREENS,
    "DELETE /api/customers/{customer_id}": ADMIN,
    "PATCH /api/me": EVERYBODY,
    "GET /api/people": ADMIN,
    "POST /api/people": ADMIN,
    "PATCH /api/people/{login}": ADMIN,
    "POST /api/people/{login}/reset": ADMIN,
    "GET /api/playbooks": READS_PLAYBOOKS,
    "POST /api/playbooks": AUTHOR,
    "DELETE /api/playbooks/backtests/{job}": AUTHOR,
    "GET /api/playbooks/backtests/{job}": READS_PLAYBOOKS,
    "GET /api/playbooks/schema": ANYONE,
    "GET /api/playbooks/{name}": READS_PLAYBOOKS,
    "GET /api/playbooks/{name}/activity": READS_PLAYBOOKS,
    "POST /api/playbooks/{name}/backtest": AUTHOR,
    "POST /api/playbooks/{name}/default": AUTHOR,
    "DELETE /api/playbooks/{name}/draft": AUTHOR,
    "PATCH /api/playbooks/{name}/draft": AUTHOR,
    "PUT /api/playbooks/{name}/draft": AUTHOR,
    "GET /api/playbooks/{name}/draft/changes": READS_PLAYBOOKS,
    "POST /api/playbooks/{name}/examples": READS_PLAYBOOKS,
    "GET /api/playbooks/{name}/offer": READS_PLAYBOOKS,
    "POST /api/playbooks/{name}/offer": AUTHOR,
    "POST /api/playbooks/{name}/phrases": READS_PLAYBOOKS,
    "POST /api/playbooks/{name}/publish": AUTHOR,
    "POST /api/playbooks/{name}/rollback": AUTHOR,
    "POST /api/playbooks/{name}/try": READS_PLAYBOOKS,
    "GET /api/playbooks/{name}/versions": READS_PLAYBOOKS,
    "GET /api/playbooks/{name}/versions/{number}": READS_PLAYBOOKS,
    "GET /api/playbooks/{name}/versions/{number}/changes": READS_PLAYBOOKS,
    "POST /api/playbooks/{name}/withdraw": AUTHOR,
    "POST /api/reset": ANYONE,
    "GET /api/samples": ON_SCREENS,
    "POST /api/samples/{sample_id}/play": ON_CALLS,
    "GET /api/samples/{sample_id}/recording": ON_SCREENS,
    "GET /api/schema.json": ANYONE,
    "DELETE /api/session": ANYONE,
    "GET /api/session": ANYONE,
    "POST /api/session": ANYONE,
    "DELETE /api/sessions": EVERYBODY,
    "GET /api/sessions": EVERYBODY,
    "DELETE /api/sessions/{session_id}": EVERYBODY,
    "POST /api/setup": ANYONE,
    "GET /api/status": ANYONE,
    "POST /api/wall/alerts": SUPERVISOR,
    "GET /api/wall/older": SUPERVISOR,
    "SOCKET /api/wall/socket": ON_CALLS,
    "GET /healthz": ANYONE,
    "SOCKET /ingest/stream": INGEST,
    "GET /metrics": ANYONE,
    "GET /microphone": ANYONE,
    "GET /playbook": ANYONE,
    "GET /playbook/{place:path}": ANYONE,
    "GET /readyz": ANYONE,
    "GET /review": ANYONE,
    "GET /review/{call_id}": ANYONE,
    "GET /role": ANYONE,
    "GET /reset": ANYONE,
    "GET /setup": ANYONE,
    "GET /sign-in": ANYONE,
    "GET /supervisor": ANYONE,
    "OPTIONS /whip": ANYONE,
    "POST /whip": INGEST,
    "DELETE /whip/{session_id}": INGEST,
    "OPTIONS /whip/{session_id}": ANYONE,
    "PATCH /whip/{session_id}": INGEST,
}
