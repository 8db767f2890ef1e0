"""What is told of the load: free capacity of the last seconds, and why words are late."""

from voiceassist.asr.load import LoadMeter, LoadState, recognition


def test_nothing_decoded_leaves_everything_free() -> None:
    assert LoadMeter().free(2, now_s=1_000.0) == 1.0


def test_free_is_what_the_last_ten_whole_seconds_left_of_all_workers() -> None:
    meter = LoadMeter()
    for second in range(10):
        meter.spent(0.5, 0.4, now_s=100.9 + second)
    assert meter.free(2, now_s=110.1) == 0.75


def test_what_was_decoded_earlier_or_in_this_second_does_not_count() -> None:
    meter = LoadMeter()
    for now_s in (100.0, 111.2):
        meter.spent(9.0, 9.0, now_s)
    assert meter.free(1, now_s=111.5) == 1.0
    assert round(meter.free(1, now_s=112.0), 6) == 0.1


def test_a_long_decode_that_ends_now_takes_no_more_than_everything() -> None:
    meter = LoadMeter()
    meter.spent(25.0, 25.0, now_s=100.0)
    assert meter.free(1, now_s=101.0) == 0.0


def test_operators_are_told_how_late_words_are_in_how_many_calls_and_why() -> None:
    load = LoadState(workers=2, waiting=7, behind_s=11.0, free=0.04, cpu_s=100.0)
    assert recognition([], 3, load) == "ok"
    told = recognition([12_000, 3_000], 7, load)
    assert told.startswith("degraded: words arrive up to 12 s late in 2 of 7 calls")
    assert "2 decode workers, 4% free, 7 runs waiting" in told
