"""The keys of programs, in memory: a request with one is told what it may do without the disk.

A secret is made here, told once, and known by its hash only from then on. Never reads a clock: `directory.py` says
when it is, and looks for changes. Next: `server/auth.py` makes a `Principal` of what it finds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Literal, get_args

from voiceassist.people.secrets import new_token, token_hash
from voiceassist.store.keys import Keys, StoredKey

Scope = Literal["ingest", "read:calls", "events", "playbooks"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
PREFIX = "va_"  # so that people, and programs that look for leaked secrets, know one when they see it


@dataclass(slots=True, kw_only=True)
class KeyRing:
    """All keys, and when each was used last."""

    keys: Keys
    by_hash: Mapping[str, StoredKey] = field(default_factory=dict)
    _by_id: Mapping[str, StoredKey] = field(default_factory=dict)
    _used_us: dict[str, int] = field(default_factory=dict)  # by id; of those used since the start

    async def look(self) -> None:
        """Reads them anew. Raises StoreError."""
        found = await self.keys.all()
        self.by_hash = {key.secret_hash: key for key in found}
        self._by_id = {key.id: key for key in found}

    def all(self) -> list[StoredKey]:
        """Revoked ones too, the oldest first."""
        return list(self._by_id.values())

    def of(self, secret: str, now_us: int) -> StoredKey | None:
        """The key with this secret, if it holds; it counts as used now."""
        key = self.by_hash.get(token_hash(secret))
        return key if key and self.use(key.id, now_us) is not None else None

    def use(self, key_id: str, now_us: int) -> tuple[str, ...] | None:
        """What a key may do; None: it holds no longer. It counts as used now."""
        key = self._by_id.get(key_id)
        if key is None or not key.holds(now_us):
            return None
        self._used_us[key_id] = now_us
        return key.scopes

    def used_us(self, key: StoredKey) -> int | None:
        """When it was used last."""
        return self._used_us.get(key.id, key.used_us)

    async def make(
        self, name: str, scopes: tuple[Scope, ...], expires_us: int | None, *, by: str, now_us: int
    ) -> tuple[StoredKey, str]:
        """A new key with its secret, which nobody can ask for again. Raises ConflictError for a name in use."""
        secret = f"{PREFIX}{new_token()}"
        key = StoredKey(
            id=token_hex(8),
            name=name,
            scopes=scopes,
            secret_hash=token_hash(secret),
            created_us=now_us,
            created_by=by,
            expires_us=expires_us,
        )
        await self.keys.add(key)
        await self.look()
        return key, secret

    async def save(self) -> None:
        """Stores when keys were used: one write for all, however many requests there were. Raises StoreError."""
        used = {key_id: at_us for key_id, at_us in self._used_us.items() if at_us != self._by_id[key_id].used_us}
        if used:
            await self.keys.used(used)
