"""How often a password may be tried; time is given."""

from voiceassist.people.throttle import (
    COUNTED,
    FOR_LOGIN,
    FROM_ADDRESS,
    FROM_ADDRESS_FOR_LOGIN,
    WITHIN_S,
    Throttle,
)


def test_a_login_from_an_address_waits_until_its_first_attempt_is_old() -> None:
    throttle = Throttle()
    assert [throttle.attempt("ana", "10.0.0.1", at) for at in range(FROM_ADDRESS_FOR_LOGIN)] == [0.0] * 5
    assert throttle.attempt("ana", "10.0.0.1", 100.0) == WITHIN_S - 100.0
    assert throttle.attempt("ana", "10.0.0.2", 100.0) == 0.0
    assert throttle.attempt("ana", "10.0.0.1", WITHIN_S) == 0.0


def test_success_takes_the_attempts_back() -> None:
    throttle = Throttle()
    for at in range(1_000):
        assert throttle.attempt("ana", "10.0.0.1", at / 100) == 0.0
        throttle.succeeded("ana", "10.0.0.1")


def test_many_logins_from_one_network_and_many_addresses_for_one_login_are_slowed() -> None:
    throttle = Throttle()
    waits = [throttle.attempt(f"l{number}", f"2001:db8::{number:x}", 0.0) for number in range(FROM_ADDRESS + 1)]
    assert waits == [0.0] * FROM_ADDRESS + [WITHIN_S]
    waits = [throttle.attempt("ana", f"10.0.{number}.1", 0.0) for number in range(FOR_LOGIN + 1)]
    assert waits == [0.0] * FOR_LOGIN + [WITHIN_S]


def test_what_is_counted_is_bounded() -> None:
    throttle = Throttle()
    for number in range(COUNTED):
        throttle.attempt(f"l{number}", f"10.{number >> 8}.{number & 255}.1", 0.0)
    assert len(throttle._times) == COUNTED
