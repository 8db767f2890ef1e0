"""Who may call what: every route and socket with its roles, in one table.

A person has some of the roles and a key some of the scopes (`ingest`, `read:calls`, `events`, `playbooks`);
`anyone` needs neither. Which calls somebody sees on these routes is `scope.py`'s matter.
Never enforces anything: each route says the same with `allow(...)`, and a test compares the two and tries every
role and scope on every route. What is published on the broker has rows of its own: only the broker enforces those.
Next: `auth.py` refuses.
"""

from collections.abc import Mapping

from voiceassist.server.auth import PEOPLE, SCREENS, Role

ANYONE: frozenset[Role] = frozenset({"anyone"})
INGEST: frozenset[Role] = frozenset({"ingest"})
MICROPHONE: frozenset[Role] = frozenset({"ingest", "agent", "supervisor"})
ON_SCREENS: frozenset[Role] = frozenset(SCREENS)
READS_CALLS: frozenset[Role] = frozenset({*SCREENS, "read:calls"})
FOLLOWS_CALL: frozenset[Role] = frozenset({*SCREENS, "events"})
ON_CALLS: frozenset[Role] = frozenset({"agent", "supervisor"})
FOLLOWS_WALL: frozenset[Role] = frozenset({"agent", "supervisor", "events"})
SUPERVISOR: frozenset[Role] = frozenset({"supervisor"})
REVIEWS: frozenset[Role] = frozenset({"supervisor", "reviewer"})
READS_PLAYBOOKS: frozenset[Role] = frozenset({*SCREENS, "author", "playbooks"})
WRITES_PLAYBOOKS: frozenset[Role] = frozenset({"author", "playbooks"})
# A backtest quotes calls: not for keys, which have `read:calls` or do not have it.
READS_BACKTESTS: frozenset[Role] = frozenset({*SCREENS, "author"})
RUNS_BACKTESTS: frozenset[Role] = frozenset({"author"})
SEES_CAPACITY: frozenset[Role] = frozenset({"supervisor", "admin"})
ADMIN: frozenset[Role] = frozenset({"admin"})
SEES_HOLDS: frozenset[Role] = frozenset({"supervisor", "reviewer", "admin"})
EVENTS: frozenset[Role] = frozenset({"events"})
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
    "GET /api/capacity": SEES_CAPACITY,
    "GET /api/calls": READS_CALLS,
    "DELETE /api/calls/{call_id}": ADMIN,
    "GET /api/calls/{call_id}": READS_CALLS,
    "PATCH /api/calls/{call_id}": frozenset({*ON_CALLS, "ingest"}),
    "POST /api/calls/{call_id}/actions": ON_CALLS,
    "GET /api/calls/{call_id}/events": READS_CALLS,
    "GET /api/calls/{call_id}/export.json": READS_CALLS,
    "GET /api/calls/{call_id}/export.wav": READS_CALLS,
    "GET /api/calls/{call_id}/export.{kind}": READS_CALLS,
    "DELETE /api/calls/{call_id}/hold": ADMIN,
    "GET /api/calls/{call_id}/hold": SEES_HOLDS,
    "POST /api/calls/{call_id}/hold": ADMIN,
    "SOCKET /api/calls/{call_id}/levels": SUPERVISOR,
    "GET /api/calls/{call_id}/marks": READS_CALLS,
    "POST /api/calls/{call_id}/marks": ON_SCREENS,
    "GET /api/calls/{call_id}/people": ON_SCREENS,
    "GET /api/calls/{call_id}/phone": SUPERVISOR,
    "POST /api/calls/{call_id}/phone": SUPERVISOR,
    "GET /api/calls/{call_id}/peaks": READS_CALLS,
    "GET /api/calls/{call_id}/recording": READS_CALLS,
    "HEAD /api/calls/{call_id}/recording": READS_CALLS,
    "POST /api/calls/{call_id}/recording": frozenset({*ON_CALLS, "ingest"}),
    "GET /api/calls/{call_id}/snippets": SUPERVISOR,
    "DELETE /api/calls/{call_id}/summary": ON_SCREENS,
    "GET /api/calls/{call_id}/summary": READS_CALLS,
    "PUT /api/calls/{call_id}/summary": ON_SCREENS,
    "POST /api/calls/{call_id}/summary/send": ON_SCREENS,
    "SOCKET /api/calls/{call_id}/socket": FOLLOWS_CALL,
    "GET /api/calls/{call_id}/owners": SUPERVISOR,
    "DELETE /api/customers/{customer_id}": ADMIN,
    "GET /api/facets": READS_CALLS,
    "GET /api/follow-up": SUPERVISOR,
    "GET /api/follow-up/choices": SUPERVISOR,
    "GET /api/keys": ADMIN,
    "POST /api/keys": ADMIN,
    "DELETE /api/keys/{key_id}": ADMIN,
    "GET /api/kpis": READS_CALLS,
    "GET /api/kpis/day": ON_CALLS,
    "GET /api/kpis/definitions": READS_CALLS,
    "GET /api/kpis/export.csv": READS_CALLS,
    "PATCH /api/me": EVERYBODY,
    "DELETE /api/me/totp": EVERYBODY,
    "POST /api/me/totp": EVERYBODY,
    "PUT /api/me/totp": EVERYBODY,
    "GET /api/mentions": ON_SCREENS,
    "POST /api/mentions/read": ON_SCREENS,
    "GET /api/notices": ADMIN,
    "POST /api/notices/channels/{name}/test": ADMIN,
    "POST /api/notices/dead/discard": ADMIN,
    "POST /api/notices/dead/retry": ADMIN,
    "POST /api/notices/dead/take-back": ADMIN,
    "GET /api/oidc/start": ANYONE,
    "GET /api/people": ADMIN,
    "POST /api/people": ADMIN,
    "PATCH /api/people/{login}": ADMIN,
    "POST /api/people/{login}/reset": ADMIN,
    "GET /api/playbooks": READS_PLAYBOOKS,
    "POST /api/playbooks": WRITES_PLAYBOOKS,
    "DELETE /api/playbooks/backtests/{job}": RUNS_BACKTESTS,
    "GET /api/playbooks/backtests/{job}": READS_BACKTESTS,
    "GET /api/playbooks/schema": ANYONE,
    "GET /api/playbooks/{name}": READS_PLAYBOOKS,
    "GET /api/playbooks/{name}/activity": READS_PLAYBOOKS,
    "POST /api/playbooks/{name}/backtest": RUNS_BACKTESTS,
    "POST /api/playbooks/{name}/default": WRITES_PLAYBOOKS,
    "DELETE /api/playbooks/{name}/draft": WRITES_PLAYBOOKS,
    "PATCH /api/playbooks/{name}/draft": WRITES_PLAYBOOKS,
    "PUT /api/playbooks/{name}/draft": WRITES_PLAYBOOKS,
    "GET /api/playbooks/{name}/draft/changes": READS_PLAYBOOKS,
    "POST /api/playbooks/{name}/examples": READS_PLAYBOOKS,
    "GET /api/playbooks/{name}/feedback": READS_BACKTESTS,
    "GET /api/playbooks/{name}/offer": READS_PLAYBOOKS,
    "POST /api/playbooks/{name}/offer": WRITES_PLAYBOOKS,
    "POST /api/playbooks/{name}/phrases": READS_PLAYBOOKS,
    "POST /api/playbooks/{name}/publish": WRITES_PLAYBOOKS,
    "POST /api/playbooks/{name}/rollback": WRITES_PLAYBOOKS,
    "POST /api/playbooks/{name}/try": READS_PLAYBOOKS,
    "GET /api/playbooks/{name}/versions": READS_PLAYBOOKS,
    "GET /api/playbooks/{name}/versions/{number}": READS_PLAYBOOKS,
    "GET /api/playbooks/{name}/versions/{number}/changes": READS_PLAYBOOKS,
    "POST /api/playbooks/{name}/withdraw": WRITES_PLAYBOOKS,
    "POST /api/reset": ANYONE,
    "GET /api/retention": ADMIN,
    "PUT /api/retention": ADMIN,
    "GET /api/retention/plan": ADMIN,
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
    "GET /api/tags": ON_SCREENS,
    "POST /api/wall/alerts": SUPERVISOR,
    "GET /api/wall/older": SUPERVISOR,
    "GET /api/wall/agents": SUPERVISOR,
    "SOCKET /api/wall/socket": FOLLOWS_WALL,
    "GET /healthz": ANYONE,
    "SOCKET /ingest/asterisk": INGEST,
    "SOCKET /ingest/asterisk/{key}": INGEST,
    "SOCKET /ingest/freeswitch": INGEST,
    "SOCKET /ingest/freeswitch/{key}": INGEST,
    "SOCKET /ingest/plivo": ANYONE,
    "SOCKET /ingest/plivo/{key}": ANYONE,
    "SOCKET /ingest/signalwire": ANYONE,
    "SOCKET /ingest/signalwire/{key}": ANYONE,
    "SOCKET /ingest/audiohook": ANYONE,  # its messages prove who sends them, or its API key does
    "SOCKET /ingest/audiohook/{key}": ANYONE,
    "SOCKET /ingest/stream": INGEST,
    "SOCKET /ingest/stream/{key}": INGEST,
    "SOCKET /ingest/telnyx": ANYONE,
    "SOCKET /ingest/telnyx/{key}": ANYONE,
    "SOCKET /ingest/twilio": ANYONE,
    "SOCKET /ingest/twilio/{key}": ANYONE,
    "SOCKET /ingest/vonage": ANYONE,
    "SOCKET /ingest/vonage/{key}": ANYONE,
    "SOCKET /ingest/vosk": INGEST,
    "SOCKET /ingest/vosk/{key}": INGEST,
    "GET /follow-up": ANYONE,
    "GET /kpis": ANYONE,
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
    "GET /sign-in/callback": ANYONE,
    "GET /supervisor": ANYONE,
    "OPTIONS /whep": ANYONE,
    "POST /whep": SUPERVISOR,
    "DELETE /whep/{session_id}": SUPERVISOR,
    "OPTIONS /whep/{session_id}": ANYONE,
    "PATCH /whep/{session_id}": SUPERVISOR,
    "OPTIONS /whip": ANYONE,
    "POST /whip": MICROPHONE,
    "DELETE /whip/{session_id}": MICROPHONE,
    "OPTIONS /whip/{session_id}": ANYONE,
    "PATCH /whip/{session_id}": MICROPHONE,
}

# The bus publishes every call: whoever may read these topics sees what a key with this scope sees.
TOPICS: Mapping[str, frozenset[Role]] = {
    "voiceassist/{site}/call/{call_id}/{event}": EVENTS,
    "voiceassist/{site}/node/{node_id}/presence": EVENTS,
    "voiceassist/{site}/notice/{channel}": EVENTS,
}
