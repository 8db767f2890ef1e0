"""Whether there is memory for another call."""

from pathlib import Path

import pytest

from voiceassist.asr.memory import SPARE_BYTES, CallMemory, available_bytes

MB = 1_000_000
CALL = 400 * MB


def _memory(available: int | None, opened: int = 0, grown: int = 0) -> CallMemory:
    return CallMemory(open_bytes=opened, grown_bytes=grown, available_bytes=available)


def test_a_call_fits_when_what_it_will_take_is_free() -> None:
    assert _memory(CALL + SPARE_BYTES).fits(CALL)
    assert not _memory(CALL + SPARE_BYTES - 1).fits(CALL)


def test_what_open_calls_have_not_taken_yet_is_not_free() -> None:
    assert not _memory(CALL + SPARE_BYTES, opened=CALL, grown=CALL - MB).fits(CALL)
    assert _memory(CALL + SPARE_BYTES, opened=CALL, grown=CALL + MB).fits(CALL)


def test_what_ended_calls_left_in_the_process_is_used_again() -> None:
    assert _memory(SPARE_BYTES, opened=0, grown=CALL).fits(CALL)


def test_where_the_system_does_not_say_every_call_fits(tmp_path: Path) -> None:
    assert available_bytes(tmp_path, tmp_path) is None
    assert _memory(None).fits(CALL)


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """Of a machine with 8 GB free, and a process in a service's control group."""
    (tmp_path / "proc" / "self").mkdir(parents=True)
    (tmp_path / "proc" / "meminfo").write_text("MemTotal: 16000000 kB\nMemAvailable:    8000000 kB\n")
    (tmp_path / "proc" / "self" / "cgroup").write_text("0::/system.slice/voiceassist.service\n")
    return tmp_path / "proc"


def _limited(group: Path, limit: str, used: int, files: int = 0) -> None:
    group.mkdir(parents=True, exist_ok=True)
    (group / "memory.max").write_text(f"{limit}\n")
    (group / "memory.current").write_text(f"{used}\n")
    (group / "memory.stat").write_text(f"anon 5\ninactive_file {files}\n")


def test_the_machine_tells_what_is_available(proc: Path, tmp_path: Path) -> None:
    _limited(tmp_path / "groups" / "system.slice" / "voiceassist.service", "max", 5)
    assert available_bytes(proc, tmp_path / "groups") == 8_000_000 * 1024


@pytest.mark.parametrize("group", ["", "system.slice", "system.slice/voiceassist.service"])
def test_a_control_group_around_the_process_may_leave_less(proc: Path, tmp_path: Path, group: str) -> None:
    _limited(tmp_path / "groups" / group, str(900 * MB), 700 * MB, files=100 * MB)
    assert available_bytes(proc, tmp_path / "groups") == 300 * MB
