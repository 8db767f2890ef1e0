"""Attempts to prove who one is, by password or code: counted before they are judged, then refused or taken back.

Never knows a route. Next: `sign_in.py` and `totp.py`.
"""

import math
from time import monotonic

from fastapi import HTTPException
from starlette.requests import HTTPConnection

from voiceassist.people.throttle import Throttle
from voiceassist.people.totp import step_of
from voiceassist.runtime import runtime_of
from voiceassist.server.peer import address_of
from voiceassist.server.refusals import tell_failed
from voiceassist.store.people import StoredPerson


def attempt(connection: HTTPConnection, login: str) -> None:
    """Counts one. Raises HTTPException when there were too many."""
    if wait_s := _throttle(connection).attempt(login, address_of(connection), monotonic()):
        told = "too many attempts to sign in; wait some minutes, then try again"
        headers = {"Retry-After": str(math.ceil(wait_s))}
        tell_failed(connection, login, "too_many_attempts")
        raise HTTPException(429, {"code": "too_many_attempts", "message": told}, headers=headers)


def attempt_succeeded(connection: HTTPConnection, login: str) -> None:
    """Takes the attempt back, and the failures before it."""
    _throttle(connection).succeeded(login, address_of(connection))


async def check_second_step(connection: HTTPConnection, person: StoredPerson, code: str) -> None:
    """Asks for the code of somebody who has a second step. Raises HTTPException."""
    if not person.totp:
        return
    if not code.strip():
        _throttle(connection).take_back(person.login, address_of(connection))  # nothing was guessed
        told = "you have set up a second step: send the `code` that your authenticator app shows, too"
        raise HTTPException(401, {"code": "code_needed", "message": told})
    await use_code(connection, person, code)


async def use_code(connection: HTTPConnection, person: StoredPerson, code: str) -> None:
    """Takes a code of the second step, which nobody can use again. Raises HTTPException."""
    step = step_of_right(connection, person.login, person.totp, code)
    if not await runtime_of(connection).directory.people.use_step(person.login, person.totp, step):
        raise _bad_code(connection, person.login)


def step_of_right(connection: HTTPConnection, login: str, secret: str, code: str) -> int:
    """The step of a code that counts now. Raises HTTPException for any other."""
    step = step_of(secret, code, runtime_of(connection).directory.now_us())
    if step is None:
        raise _bad_code(connection, login)
    return step


def _bad_code(connection: HTTPConnection, login: str) -> HTTPException:
    tell_failed(connection, login, "bad_code")
    told = "the code is wrong, or it was used already; wait until your app shows another one"
    return HTTPException(401, {"code": "bad_code", "message": told})


def _throttle(connection: HTTPConnection) -> Throttle:
    throttle = connection.app.state.throttle
    assert isinstance(throttle, Throttle)
    return throttle
