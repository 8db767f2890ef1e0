"""The built front end: one HTML page for every screen's address, and its assets.

Never builds anything: `web/` is built into `voiceassist/web` by `make run` or when the package is built.
"""

from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles

from voiceassist.server.auth import allow

PACKAGE = Path(__file__).parents[1]
WEB = PACKAGE / "web"
NOT_BUILT = "The pages are not built. In a source checkout run `make web` (or `make run`), then reload.\n"

router = APIRouter(include_in_schema=False)


@router.get("/", dependencies=[allow("anyone")])
@router.get("/role", dependencies=[allow("anyone")])
@router.get("/microphone", dependencies=[allow("anyone")])
@router.get("/sign-in", dependencies=[allow("anyone")])
@router.get("/setup", dependencies=[allow("anyone")])
@router.get("/reset", dependencies=[allow("anyone")])
@router.get("/account", dependencies=[allow("anyone")])
@router.get("/admin", dependencies=[allow("anyone")])
@router.get("/admin/{place}", dependencies=[allow("anyone")])
@router.get("/agent", dependencies=[allow("anyone")])
@router.get("/supervisor", dependencies=[allow("anyone")])
@router.get("/kpis", dependencies=[allow("anyone")])
@router.get("/reports", dependencies=[allow("anyone")])
@router.get("/follow-up", dependencies=[allow("anyone")])
@router.get("/review", dependencies=[allow("anyone")])
@router.get("/review/{call_id}", dependencies=[allow("anyone")])
@router.get("/clip/{clip_id}", dependencies=[allow("anyone")])
@router.get("/playbook", dependencies=[allow("anyone")])
@router.get("/playbook/{place:path}", dependencies=[allow("anyone")])
async def page() -> Response:
    """The page; which screen it shows is decided by its address."""
    return the_page()


def the_page(status: int = 200) -> Response:
    """The one HTML page."""
    if not (WEB / "index.html").is_file():
        return PlainTextResponse(NOT_BUILT, status_code=503)
    return FileResponse(WEB / "index.html", status_code=status, headers={"Cache-Control": "no-cache"})


def is_for_a_person(request: Request) -> bool:
    """Whether a browser wants to show the answer as a page: it says so in words for people, not in JSON."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def mount_assets(api: FastAPI) -> None:
    """Scripts and styles, named by their content's hash."""
    api.mount("/assets", StaticFiles(directory=WEB / "assets", check_dir=False), name="assets")
