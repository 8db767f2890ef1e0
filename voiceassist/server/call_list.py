"""The list of calls over HTTP: by what was said, by filters, behind a key figure; and what it can be filtered by.

Next: `calls.py` has one call.
"""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from starlette.requests import HTTPConnection

from voiceassist import wire
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import SCREENS, allow
from voiceassist.server.call_filter import Filter
from voiceassist.server.calls_behind import Behind
from voiceassist.server.scope import scope_of
from voiceassist.store.call_list import AskedCalls, Page
from voiceassist.store.facets import Facets
from voiceassist.store.query import read_query

router = APIRouter(prefix="/api", tags=["calls"])


@router.get("/calls", response_model=Page, dependencies=[allow(*SCREENS, "read:calls")])
async def list_calls(
    connection: HTTPConnection,
    *,
    q: str = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: str | None = None,
    wanted: Filter,
    behind: Behind = None,
) -> JSONResponse:
    """Calls, newest first; `q` searches what was said; `before` is the `next` of the page before.

    `q`: words, "phrases", `fee near waive` or `near/3`, `agent: refund`, `customer: "late fee"`; the last word may
    be unfinished. A call is found that has all of them, each in some line. Its `lines` show where, with U+0002 and
    U+0003 around each hit; `doubts` say what of `q` was left out.

    Each filter may be given several times: any of its values is meant. `outcome`: of a refusal; with `topic`, of
    one about that, which is its card's headline. `level`: of the worst alert. `team`: empty for none. `min_s`,
    `max_s`: how long a call was; `from`, `to` (or `since`, `until`): when it began, ISO 8601; the latter of each
    is excluded. `kpi`, with its `part`: only the calls behind a key figure.
    """
    store, scope = runtime_of(connection).store, scope_of(connection)
    page = await store.calls(q, limit=limit, before=before, filter=wanted, scope=scope, behind=behind)
    return JSONResponse(wire.to_json(page))


@router.get("/facets", response_model=Facets, dependencies=[allow(*SCREENS, "read:calls")])
async def get_facets(
    connection: HTTPConnection, *, q: str = "", wanted: Filter, behind: Behind = None
) -> JSONResponse:
    """What the calls of such a list can be filtered by, and how many of them each choice would leave.

    Counted in the newest 10,000 calls of the list: with `more` there are older ones, too.
    """
    scope = scope_of(connection)
    asked = AskedCalls(query=read_query(q), filter=wanted, scope=scope, behind=behind)
    return JSONResponse(wire.to_json(await runtime_of(connection).store.facets(asked)))
