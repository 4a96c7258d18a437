from polyclinic_client.clock import ServerClock


def test_a_welcome_is_a_first_guess() -> None:
    clock = ServerClock()
    clock.start(5000, 100.0)
    assert clock.at(140.0) == 5040
    assert clock.round_trip is None


def test_the_answer_with_the_shortest_way_is_trusted() -> None:
    clock = ServerClock()
    clock.start(0, 0.0)
    clock.note(1000.0, 6010, 1020.0)
    clock.note(2000.0, 7300, 2400.0)
    assert clock.round_trip == 20.0
    assert clock.at(3000.0) == 8000


def test_the_clock_wraps_with_the_servers() -> None:
    clock = ServerClock()
    clock.start(2**32 - 100, 0.0)
    clock.note(200.0, 110, 220.0)
    assert clock.at(210.0) == 110
    assert clock.at(0.0) == 2**32 - 100
