"""What sessions are made of: the steps, and what they all begin with."""

from typing import Any, Final

from protocol.codec import encode
from protocol.ids import CloseCode
from protocol.messages import Event, Hello, Message, Operation
from protocol.schema import SCHEMA_HASH
from protocol.snapshot import Frame, encode_frame
from tools.vectors.frame import ANN, TIME
from tools.vectors.layout import Vector
from tools.vectors.messages import OP, WELCOME

Steps = list[Vector]
SELF: Final = WELCOME.entity
HELLO: Final = Hello(version=1, schema=SCHEMA_HASH, ticket="eyJ.t.s", client="web 0.1")
PEOPLE: Final = [{"entity": SELF, "name": "Cy", "role": "student"}, {"entity": ANN, "name": "Ann", "role": "clinician"}]
ROSTER: Final = Event(event=1, feature="presence", type="roster", body={"people": PEOPLE, "more": False})
SAY: Final = Operation(op=OP, feature="chat", type="say", body={"text": "Good morning"})


def client(message: Message | bytes, note: str) -> Vector:
    """Make a step of the client."""
    return _step("client", message, note)


def server(message: Message | Frame, note: str) -> Vector:
    """Make a step of the server."""
    return _step("server", encode_frame(message) if isinstance(message, Frame) else message, note)


def closed(code: CloseCode, note: str) -> Vector:
    """Make the server's close."""
    return {"from": "server", "close": int(code), "note": note}


def dropped(note: str) -> Vector:
    """Make the loss of the socket."""
    return {"from": "client", "drop": True, "note": note}


def _step(sender: str, message: Message | bytes, note: str) -> Vector:
    data = message if isinstance(message, bytes) else encode(message)
    return {"from": sender, "hex": data.hex(), "note": note}


def said(number: int, text: str, entity: int = SELF, name: str = "Cy") -> Event:
    """Make what the chat tells."""
    body: dict[str, Any] = {"entity": entity, "name": name, "text": text, "time": TIME + number}
    return Event(event=number, feature="chat", type="said", body=body)
