"""Everybody who may sign in, everybody who has, and the keys of programs, in memory: a request is told whose it is
without the disk.

What this process changes counts at once; what `voiceassist users` and `keys` change beside it, within
`LOOKS_EVERY_S`. Who waits in `until_ended` hears of a session's or key's end then, whatever ended it. When the
disk fails, what was known stays. Never knows a route. Next: `server/auth.py` makes a `Principal` of what it finds.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_hex
from time import monotonic_ns, time_ns

import structlog

from voiceassist.errors import StoreError
from voiceassist.people.key_ring import KeyRing
from voiceassist.people.secrets import new_token, token_hash
from voiceassist.store.keys import StoredKey
from voiceassist.store.people import Everybody, PasswordLink, People, StoredPerson, StoredSession
from voiceassist.store.people_entries import EndedBy

log = structlog.get_logger()

S_US = 1_000_000
IDLE_US = 3_600 * S_US  # an open page counts as use: its socket is seen
LONGEST_US = 12 * 3_600 * S_US  # a shift
LINK_US = 24 * 3_600 * S_US
LOOKS_EVERY_S = 2.0
SEEN_EVERY_US = 60 * S_US  # how exact "seen" is on the disk
AGENT_CHARS = 200  # of what a browser calls itself
HASHED_AT_ONCE = 2  # each takes 64 MiB for some 50 ms


def now_us() -> int:
    """Microseconds since 1970 UTC."""
    return time_ns() // 1_000


def steady_us() -> int:
    """Microseconds on a clock that nobody sets."""
    return monotonic_ns() // 1_000


def moment(at_us: int) -> str:
    """ISO 8601, of microseconds since 1970 UTC."""
    return datetime.fromtimestamp(at_us / S_US, UTC).isoformat(timespec="seconds")


@dataclass(slots=True, kw_only=True)
class Directory:
    """Made by `app.py`, which runs `watch` beside the server."""

    people: People
    key_ring: KeyRing
    is_loopback: bool
    now_us: Callable[[], int] = now_us
    steady_us: Callable[[], int] = steady_us
    everybody: Everybody = field(default_factory=Everybody)
    own_token: str = field(default_factory=new_token, repr=False)  # the server's own calls to its ingest
    hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(HASHED_AT_ONCE))
    _by_id: Mapping[str, StoredSession] = field(default_factory=dict)
    # Session id: login, when on the steady clock: whoever is here stays so when the machine's clock is set.
    _seen: dict[str, tuple[str, int]] = field(default_factory=dict)
    _saved_us: int = field(default_factory=now_us)
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_open(self) -> bool:
        """Whether the local person needs no sign-in: nobody was added, and no other machine reaches us."""
        return self.is_loopback and not self.everybody.people

    @property
    def has_admin(self) -> bool:
        """Whether somebody can look after the others."""
        return any("admin" in one.roles and not one.disabled for one in self.everybody.people.values())

    async def look(self) -> None:
        """Reads everybody anew and wakes who waits for a change. Raises StoreError."""
        async with self._looking:
            self.everybody = await self.people.everybody()
            self._by_id = {session.id: session for session in self.everybody.sessions.values()}
            await self.key_ring.look()
        self._changed.set()
        self._changed = asyncio.Event()

    async def watch(self) -> None:
        """Notices what others change, until cancelled."""
        while True:
            await asyncio.sleep(LOOKS_EVERY_S)
            try:
                if self.now_us() >= self._saved_us + SEEN_EVERY_US:
                    await self.save()
                await self.look()
            except StoreError as error:
                log.warning("people cannot be read", error=str(error))

    def signed_in(self, token: str) -> tuple[StoredPerson, StoredSession] | None:
        """Whose session the token is, if it has not ended; it counts as used now."""
        session = self.everybody.sessions.get(token_hash(token))
        person = self._holder(session) if session else None
        if session is None or person is None:
            return None
        self._seen[session.id] = session.login, self.steady_us()
        return person, session

    def sessions_of(self, login: str) -> list[StoredSession]:
        """Those that have not ended, the newest first."""
        mine = [one for one in self.everybody.sessions.values() if one.login == login and self._holder(one)]
        return sorted(mine, key=lambda one: -one.created_us)

    def seen_us(self, session: StoredSession) -> int:
        """When it was used last."""
        if session.id not in self._seen:
            return session.seen_us
        seen_us = self._by_wall(self._seen[session.id][1])
        by_others_us = (
            session.seen_us if session.seen_us <= self.now_us() else 0
        )  # stored by a clock that was ahead
        return max(seen_us, by_others_us)

    def _by_wall(self, steady_us: int) -> int:
        """When that was by the clock as it is set now."""
        return self.now_us() - (self.steady_us() - steady_us)

    async def until_ended(self, session_id: str | None, key_id: str | None = None) -> None:
        """Waits until a session or a key ends or has other rights; meanwhile it is in use. Neither: the open
        server's end.
        """
        rights = self.rights(session_id, key_id)
        while rights is not None and rights == self.rights(session_id, key_id):
            await self._changed.wait()

    def rights(self, session_id: str | None, key_id: str | None) -> tuple[tuple[str, ...], ...] | None:
        """What a session, a key, or whoever is at the open server may do; None: it ended. It counts as used."""
        if key_id is not None:
            scopes = self.key_ring.use(key_id, self.now_us())
            return None if scopes is None else (scopes,)
        if session_id is None:
            return () if self.is_open else None
        session = self._by_id.get(session_id)
        person = self._holder(session) if session else None
        if session is None or person is None:
            return None
        self._seen[session_id] = session.login, self.steady_us()
        return person.roles, person.teams

    def id_token_of(self, session_id: str) -> str:
        """What the provider signed for this session; empty: nothing."""
        session = self._by_id.get(session_id)
        return session.id_token if session else ""

    async def open_session(self, login: str, *, agent: str, address: str, id_token: str = "") -> str:
        """Signs a person in; returns the token."""
        token, now = new_token(), self.now_us()
        session = StoredSession(
            id=token_hex(8),
            token_hash=token_hash(token),
            login=login,
            created_us=now,
            seen_us=now,
            expires_us=now + LONGEST_US,
            agent=agent[:AGENT_CHARS],
            address=address,
            id_token=id_token,
        )
        await self.people.open_session(session)
        await self.look()
        return token

    async def end_sessions(
        self, login: str, session_id: str | None = None, *, why: EndedBy = "signed_out", by: str | None = None
    ) -> int:
        """Ends one session of a person, or all, here and now; returns how many there were."""
        ended = await self.people.end_sessions(login, session_id, why=why, by=by)
        await self.look()
        return ended

    def key_of(self, secret: str) -> StoredKey | None:
        """The key with this secret, if it holds; it counts as used now."""
        return self.key_ring.of(secret, self.now_us())

    async def revoke_key(self, key_id: str, *, by: str) -> None:
        """Ends a key here and now. Raises UnknownNameError."""
        await self.key_ring.keys.revoke(key_id, self.now_us(), by=by)
        await self.look()

    async def new_link(self, login: str = "", *, by: str | None = None) -> str:
        """A token with which that person sets a password, once; without a login, the first admin."""
        token = new_token()
        await self.people.add_link(
            PasswordLink(token_hash=token_hash(token), login=login, expires_us=self.now_us() + LINK_US), by=by
        )
        return token

    def _holder(self, session: StoredSession) -> StoredPerson | None:
        """The person of a session that has not ended."""
        now = self.now_us()
        if now >= session.expires_us or now >= self.seen_us(session) + IDLE_US:
            return None
        person = self.everybody.people.get(session.login)
        return None if person is None or person.disabled else person

    async def save(self) -> None:
        """Stores when sessions and keys were used last, and forgets what is over. Raises StoreError."""
        now = self.now_us()
        self._saved_us = now
        seen = {key: (login, self._by_wall(at_us)) for key, (login, at_us) in self._seen.items()}
        await self.key_ring.save()
        if seen:
            await self.people.saw(seen)
        await self.people.end_old_sessions(now, now - IDLE_US)
        self._seen = {key: value for key, value in self._seen.items() if key in self._by_id}
