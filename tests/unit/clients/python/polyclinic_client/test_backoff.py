from polyclinic_client.backoff import Backoff


def test_waits_double_up_to_half_a_minute() -> None:
    backoff = Backoff(lambda: 1.0)
    assert [backoff.wait() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]


def test_waits_are_a_random_share() -> None:
    backoff = Backoff(lambda: 0.25)
    assert [backoff.wait(), backoff.wait()] == [0.25, 0.5]


def test_only_a_session_that_lasted_begins_the_waits_anew() -> None:
    backoff = Backoff(lambda: 1.0)
    backoff.wait()
    backoff.note_live(0.5)
    assert backoff.wait() == 2
    backoff.note_live(60.0)
    assert backoff.wait() == 1
