"""kill -9 between draft and publishing: every change that was acknowledged is a draft or a version, never both."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.children import child
from voiceassist.store.store import open_store


def killed(directory: Path, after: str) -> dict[str, int]:
    """What a process was promised before it was killed, which it was after that line."""
    promised = {"drafted": 0, "published": 0}
    command = [sys.executable, "-m", "tests.shell.playbook_crasher", str(directory)]
    with child(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in process.stdout:
            what, number = line.split()
            promised[what] = int(number)
            if line.strip() == after:
                process.kill()  # and go on to read what it still said
    return promised


@pytest.mark.parametrize("after", ["drafted 1", "drafted 6", "published 9"])
async def test_no_acknowledged_change_is_lost(tmp_path: Path, after: str) -> None:
    promised = killed(tmp_path, after)
    store = await open_store(tmp_path / "voiceassist.db")
    versions, draft = await store.playbooks.versions("small"), await store.playbooks.draft("small")
    await store.close()
    numbers = [version.number for version in versions]
    assert numbers == list(range(len(numbers), 0, -1))
    assert [version.text.split()[1] for version in versions] == [str(number) for number in numbers]
    assert len(versions) >= promised["published"]
    assert len(versions) + (draft is not None) >= promised["drafted"]
    assert draft is None or draft.text.startswith(f"change {len(versions) + 1} ")
