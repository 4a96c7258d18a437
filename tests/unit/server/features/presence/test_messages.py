"""The bodies of presence's events."""

from msgspec import Raw

from protocol.codec import decode_server, pack
from protocol.messages import Event
from server.features.presence.messages import Changed, Person, Roster
from server.world.event import EncodedEvent

ANN = Raw(pack(Person(entity=7, name="Ann", role="patient")))


def body_of(event: EncodedEvent) -> object:
    message = decode_server(event.message(1))
    assert isinstance(message, Event)
    return message.body


def test_a_roster_holds_people_encoded_before() -> None:
    event = EncodedEvent.of("presence", "roster", Roster(people=[ANN, ANN], more=True))
    ann = {"entity": 7, "name": "Ann", "role": "patient"}
    assert body_of(event) == {"people": [ann, ann], "more": True}


def test_a_change_tells_who_came_and_who_left() -> None:
    event = EncodedEvent.of("presence", "changed", Changed(joined=[ANN], left=[8, 9]))
    assert body_of(event) == {"joined": [{"entity": 7, "name": "Ann", "role": "patient"}], "left": [8, 9]}
