"""A token bucket for every peer, in times of our own."""

import pytest

from voiceassist.server import peer_rates
from voiceassist.server.limits import RATES, kind_of
from voiceassist.server.peer_rates import Buckets, PeerRate


def test_peer_may_begin_so_many_at_once_and_then_one_after_the_other() -> None:
    buckets = Buckets(PeerRate(burst=3, per_s=2.0))
    assert [buckets.take("a", 10.0) for _ in range(4)] == [0.0, 0.0, 0.0, pytest.approx(0.5)]
    assert buckets.take("a", 10.5) == 0.0
    assert buckets.take("a", 10.5) > 0


def test_who_is_refused_waits_no_longer_for_asking_again() -> None:
    buckets = Buckets(PeerRate(burst=1, per_s=1.0))
    buckets.take("a", 0.0)
    assert [buckets.take("a", 0.0) for _ in range(9)] == [pytest.approx(1.0)] * 9
    assert buckets.take("a", 1.0) == 0.0


def test_quiet_peer_has_a_full_bucket_again_and_not_more() -> None:
    buckets = Buckets(PeerRate(burst=2, per_s=1.0))
    assert [bool(buckets.take("a", 0.0)) for _ in range(3)] == [False, False, True]
    assert [bool(buckets.take("a", 900.0)) for _ in range(3)] == [False, False, True]


def test_peers_do_not_share_a_bucket_and_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer_rates, "PEERS", 5)
    buckets = Buckets(PeerRate(burst=1, per_s=0.001))
    assert not any(buckets.take(str(peer), 0.0) for peer in range(20))
    assert len(buckets._full_at_s) == 5
    assert buckets.take("19", 0.0) > 0


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/api/session", "sign_in"),
        ("POST", "/api/reset", "sign_in"),
        ("PATCH", "/api/me", "sign_in"),
        ("GET", "/api/session", "request"),
        ("SOCKET", "/ingest/stream", "call"),
        ("POST", "/whip", "call"),
        ("DELETE", "/whip/1", "request"),
        ("SOCKET", "/api/wall/socket", "request"),
    ],
)
def test_every_request_is_of_one_kind_and_every_kind_has_a_rate(method: str, path: str, kind: str) -> None:
    assert kind_of(method, path) == kind
    assert kind in RATES
