"""A ward that two patients share, and what its people are told of each other's consent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace as with_changes

from protocol.ids import CloseCode
from protocol.rights import Right
from server.features.access import Access
from server.features.chat import Chat
from server.features.consent import Consent
from server.features.emergency import Emergency
from server.features.presence import Presence
from server.features.props import Props
from server.world.auditing import Action
from server.world.keeping import NOTHING_KEPT, Recalled
from tests.support.audit import Notebook
from tests.support.consents import allow
from tests.support.props import tablet
from tests.support.rights import only
from tests.support.rooms import Person, SlowKeeper, World, hall_settings

if TYPE_CHECKING:
    from protocol.messages import Result

ROLES = ("patient", "proxy", "clinician", "interpreter", "learner", "facilitator")
EVERYBODY = tuple(only(role, Right.JOIN, Right.SPEAK, Right.CHAT, Right.HANDLE) for role in ROLES)
GLASS = (only("clinician", Right.BREAK_GLASS), only("learner", Right.BREAK_GLASS))
WITHDRAWN = (CloseCode.CONSENT_WITHDRAWN, "consent withdrawn")


class Ward(World):
    """A hall without curtains: Ann and Bo are patients, Cy a clinician."""

    def __init__(
        self,
        *,
        slow: bool = False,
        keeper: SlowKeeper | None = None,
        keep_chat: int = 0,
        recalled: Recalled = NOTHING_KEPT,
    ) -> None:
        self.notebook = Notebook(slow=slow)
        super().__init__(
            settings=with_changes(hall_settings(objects=[tablet()]), keep_chat=keep_chat),
            features=(Presence, Chat, Props, Consent, Access, Emergency),
            rights=(*EVERYBODY, *GLASS),
            auditor=self.notebook,
            keeper=keeper,
            recalled=recalled,
        )
        self.ann, self.bo = self.join("Ann", x=1.0), self.join("Bo", x=-1.0)
        self.cy = self.join("Cy", "clinician", z=1.0)
        self.step(5)

    def overridden(self) -> list[tuple[str, tuple[str, ...], str]]:
        """Who went on whose withdrawal was overridden, and why."""
        return [(each.subject, each.about, each.purpose) for each in self.notebook.of(Action.CONSENT_OVERRIDDEN)]


def refuse(*people: Person, purpose: str = "treat") -> None:
    for person in people:
        allow(person, purpose, given=False)


def hidden(person: Person) -> list[list[int]]:
    return [body["entities"] for body in person.inbox.bodies("consent", "hidden")]


def endings(person: Person) -> list[float]:
    return [body["seconds"] for body in person.inbox.bodies("consent", "ending")]


def closed(*people: Person) -> list[bool]:
    """Of each, whether its session was ended for want of consent."""
    assert all(person.inbox.closed in {None, WITHDRAWN} for person in people)
    return [person.inbox.closed is not None for person in people]


def breaks(person: Person) -> Result:
    body = {"reason": "life_threat", "text": "he does not breathe", "minutes": 2}
    return person.ask("emergency", "break_glass", body)
