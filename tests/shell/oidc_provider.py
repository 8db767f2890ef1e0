"""A real OpenID provider (npm's oidc-provider) in a process of its own, and somebody who signs in there."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx

import build_pages

SCRIPT = Path(__file__).parents[2] / "web" / "test" / "provider.mjs"


@dataclass(frozen=True, slots=True, kw_only=True)
class TestProvider:
    """The provider."""

    __test__ = False

    issuer: str

    def behave(self, **state: Any) -> None:
        """As at its start, but for this; see the script."""
        httpx.put(f"{self.issuer}/test", json=state).raise_for_status()

    async def sign_in(self, url: str, login: str) -> str:
        """Somebody who was sent there signs in and agrees; returns where they are sent back to."""
        async with httpx.AsyncClient() as browser:
            answer = await browser.get(url)
            while not answer.is_redirect or self._is_here(answer):
                if answer.is_redirect:
                    answer = await browser.get(urljoin(str(answer.url), answer.headers["location"]))
                    continue
                assert answer.status_code == 200, answer.text
                answer = await browser.post(_action(answer), data=_fields(answer, login))
        back: str = answer.headers["location"]
        return back

    def _is_here(self, answer: httpx.Response) -> bool:
        place: str = urljoin(str(answer.url), answer.headers["location"])
        return place.startswith(self.issuer)


def _action(page: httpx.Response) -> str:
    action = re.search(r'action="([^"]+)"', page.text)
    assert action, page.text
    return urljoin(str(page.url), str(action[1]))


def _fields(page: httpx.Response, login: str) -> dict[str, str]:
    prompt = re.search(r'name="prompt" value="(\w+)"', page.text)
    return {"prompt": prompt[1] if prompt else "", "login": login, "password": "any"}


@contextmanager
def running_provider() -> Iterator[TestProvider]:
    """Stopped at the end, and also when this process dies: its standard input is closed then."""
    npm = build_pages.find_npm()
    assert npm, "the tests need Node: make web"
    node = shutil.which("node", path=str(Path(npm[0]).parent)) or "node"
    command = [node, "--no-warnings", str(SCRIPT)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdin
            assert process.stdout
            for line in process.stdout:
                if line.startswith("http://"):
                    yield TestProvider(issuer=line.strip())
                    break
        finally:
            process.kill()
