"""What is kept by content: never made twice while it is asked for, never more than it may weigh."""

from collections.abc import Callable

import pytest

from voiceassist.core.words.cache import ContentCache


class Maker:
    """Counts what it made."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def of(self, text: str) -> Callable[[], str]:
        def make() -> str:
            self.made.append(text)
            return text

        return make


def test_what_is_asked_for_again_is_not_made_again() -> None:
    cache, maker = ContentCache[str](100, len), Maker()
    assert [cache.get("a", maker.of("one")), cache.get("a", maker.of("one"))] == ["one", "one"]
    assert maker.made == ["one"]


def test_what_was_not_asked_for_lately_goes_when_the_cache_is_full() -> None:
    cache, maker = ContentCache[str](14, len), Maker()
    for text in ("aaa", "bbb", "ccc", "bbb", "ddd", "eee", "bbb", "aaa"):
        cache.get(text, maker.of(text))
    assert maker.made == ["aaa", "bbb", "ccc", "ddd", "eee", "aaa"]


def test_what_weighs_more_than_half_of_all_is_given_but_not_kept() -> None:
    cache, maker = ContentCache[str](10, len), Maker()
    assert cache.get("a", maker.of("sixsix")) == cache.get("a", maker.of("sixsix")) == "sixsix"
    assert len(maker.made) == 2


def test_an_error_is_passed_on_and_not_kept() -> None:
    cache = ContentCache[float](10, lambda _: 1)
    with pytest.raises(ZeroDivisionError):
        cache.get("a", lambda: 1 / 0)
    assert cache.get("a", lambda: 1.0) == 1.0
