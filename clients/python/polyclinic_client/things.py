"""Things in sight: where they are, and what one does with them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Literal

from polyclinic_client.session import Session, only
from protocol.fields import pack_rotation, quantise, unpack_rotation
from protocol.ids import POSITION_SCALE
from protocol.quaternion import multiply, rotate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from polyclinic_client.changes import Entity, Written
    from protocol.messages import ObjectFacts, Result
    from protocol.snapshot import FloatPose


class Handling(ABC):
    """The part of a room that is about things. Each operation says which truth it acts upon: the one in sight now."""

    _session: Session

    @abstractmethod
    async def operate(self, feature: str, kind: str, body: Mapping[str, Any], op: bytes | None = None) -> Result:
        """Ask a feature for something and wait for its answer."""

    @property
    def things(self) -> Mapping[int, Entity]:
        """The props and panels in sight by entity id."""
        return only(self._session.entities, avatars=False)

    def place_of(self, thing: int) -> FloatPose | None:
        """Where a thing in sight is: while somebody holds it, where that hand is.

        None while the holder or the hand is not in sight, and for what one holds oneself. Raises ValueError for what
        is not in sight.
        """
        entity, facts = self._find(thing)
        if not facts.holder:
            return entity.head
        holder = self._session.entities.get(facts.holder)
        hand = None if holder is None else holder.left if facts.hand == "left" else holder.right
        if hand is None:
            return None
        (x, y, z), turn = hand
        gx, gy, gz, largest, a, b, c = facts.grip
        dx, dy, dz = rotate(turn, (gx / POSITION_SCALE, gy / POSITION_SCALE, gz / POSITION_SCALE))
        return (x + dx, y + dy, z + dz), multiply(turn, unpack_rotation((largest, a, b, c)))

    async def grab(self, thing: int, hand: Literal["left", "right"], grip: FloatPose) -> Result:
        """Take a thing; `grip` is where it is in the frame of that hand: ((x, y, z) in metres, (x, y, z, w)).

        The result's `ok` tells whether one holds it, `code` why not, `body` how it is. Raises ValueError for what is
        not in sight, as all of these do.
        """
        _, facts = self._find(thing)
        position, rotation = _packed(grip)
        body = {"prop": thing, "hand": hand, "grip": (*position, *rotation), "ownership": facts.ownership}
        return await self.operate("props", "grab", body)

    async def put(self, thing: int, place: FloatPose) -> Result:
        """Put down what one holds, in the room's frame. It passes to who wished for it in the last 3 s."""
        _, facts = self._find(thing)
        position, rotation = _packed(place)
        body = {"prop": thing, "position": position, "rotation": rotation, "ownership": facts.ownership}
        return await self.operate("props", "put", body)

    async def offer(self, thing: int, *, offered: bool = True) -> Result:
        """Let whoever wishes take what one holds, or no longer."""
        return await self.operate("props", "offer", {"prop": thing, "offered": offered})

    async def move(self, thing: int, place: FloatPose) -> Result:
        """Push or turn what nobody holds, in the room's frame."""
        _, facts = self._find(thing)
        position, rotation = _packed(place)
        body = {
            "prop": thing,
            "position": position,
            "rotation": rotation,
            "ownership": facts.ownership,
            "authority": facts.authority,
        }
        return await self.operate("props", "move", body)

    @property
    def panels(self) -> Mapping[int, Written]:
        """What stands on panels, by entity id, without those that nobody ever wrote on or that one may not see."""
        return dict(self._session.panels)

    async def write(self, panel: int, text: str, *, op: bytes | None = None) -> Result:
        """Write on a panel, at most 2,000 characters, in place of what one knows to stand there.

        The result comes when the text is on the server's disk. Where somebody was faster, `code` is "stale" and `body`
        has what stands there now.
        """
        known = self._session.panels.get(panel)
        body = {"panel": panel, "text": text, "version": 0 if known is None else known.version}
        return await self.operate("panels", "write", body, op)

    def _find(self, thing: int) -> tuple[Entity, ObjectFacts]:
        entity = self._session.entities.get(thing)
        if entity is None or entity.thing is None:
            raise ValueError(f"no thing {thing} is in sight")
        return entity, entity.thing


def _packed(place: FloatPose) -> tuple[tuple[int, int, int], tuple[int, int, int, int]]:
    (x, y, z), turn = place
    position = quantise(x, POSITION_SCALE), quantise(y, POSITION_SCALE), quantise(z, POSITION_SCALE)
    return position, pack_rotation(turn)
