from server.features.consent.underway import Underway


def test_what_is_sent_is_under_way_until_it_is_settled_and_then_forgotten() -> None:
    underway = Underway()
    underway.sent("treat ann")
    underway.sent("treat ann")
    underway.sent("treat bo")
    underway.settled("treat ann")
    assert [underway[f"treat {name}"] for name in ("ann", "bo", "cy")] == [1, 1, 0]
    underway.settled("treat ann")
    assert (underway["treat ann"], len(underway)) == (0, 1)
