"""One process per data folder: a second one would end the first one's live calls as if it had crashed.

The operating system drops the lock when its process dies, however it dies.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from voiceassist.errors import ConfigError, StoreError

OWNER_ONLY = 0o700  # calls are in there; who wants others to read them says so with chmod


@contextmanager
def sole_use_of(data_dir: Path) -> Iterator[None]:
    """Holds the data folder. ConfigError: another process has it; StoreError: it cannot be written."""
    try:
        data_dir.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
        lock = FileLock(data_dir / "in-use.lock", timeout=0, thread_local=False)
        lock.acquire()
    except Timeout:
        raise ConfigError(
            f"another voiceassist uses {data_dir}; stop it, or choose another folder with --data-dir"
        ) from None
    except OSError as error:
        raise StoreError(f"{data_dir} cannot be written: {error.strerror or error}") from error
    try:
        yield
    finally:
        lock.release()
