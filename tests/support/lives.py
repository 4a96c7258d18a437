"""What people do all day in the hospital, drawn from a seed: they move, speak, handle things, lose their network; they
ask who saw them, write on panels, silence each other, and change their minds about what they allow."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final, Literal

from protocol.ids import FACE_VALUES, StateFlag
from protocol.masking import EYE_VALUES
from protocol.messages import Budget, Bye, Clock, Operation
from protocol.pose import Pose, encode_pose
from protocol.state import AvatarState, TrackedPart
from server.features.panels import Panels
from server.world.entity import upright_rotation
from server.world.wire_time import wire_time
from tests.support.hospital import BED_1, BED_2, BOARD, OPEN, SHEET_1, SHEET_2, Hospital, within
from tests.support.raw_websocket import PING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from server.config import Box
    from server.world.things import Side, Thing
    from tests.support.hospital import Client

STRIDE: Final = 0.12
"""m a step: below 3 m/s."""

IN_THE_OPEN: Final = ("Cup", "Book", "Pen")
NO_LIMIT: Final = 1_000_000
WISHES: Final = ("transcribe", "research")
"""Purposes about which people change their minds: nobody else sees by them whether they did."""

_HANDS: Final[tuple[Side, ...]] = ("left", "right")


class Life:
    """One person's doings. `places` are where it may be; what it does there depends on its seed alone, so that it is
    the same in two hospitals which differ in what this person may not perceive."""

    def __init__(
        self,
        client: Client,
        seed: str,
        places: Sequence[Box],
        things: Sequence[str],
        *,
        hidden: bool = False,
        restless: bool = False,
        limits: Sequence[int] = (),
        attentive: bool = False,
        gestures: str = "",
        panel: str = "",
        silences: str | None = None,
    ) -> None:
        """`hidden` ones reach for what those in the open hold and let their sockets run full; `restless` ones leave and
        come again; `limits` are what is wanted of kbit/s; an attentive one acknowledges at once and never drops.
        Each writes on its `panel`, and mutes those of its room whose names begin with `silences`.
        By the seed `gestures`, if there is any, eyes and fingers move that no mask shows."""
        self.client = client
        self._random = Random(seed)
        self._wishes = Random(f"{seed} wishes")
        self._gestures = Random(f"{gestures} {client.name}") if gestures else None
        self._places = places
        self._things = things
        self._hidden = hidden
        self._restless = restless
        self._limits = limits
        self._attentive = attentive
        self._panel = panel
        self._silences = silences
        self._place = places[0]
        (x0, _, z0), (x1, _, z1) = self._place
        self._x, self._z, self._yaw = (x0 + x1) / 2, (z0 + z1) / 2, 0.0
        self._speaking = self._signing = self._absent = False
        self._away = self._full = self._sequence = self._operations = 0

    def settle_in(self) -> None:
        """Go where it begins."""
        self._pose()

    def act(self) -> None:
        """Do what this step brings. As many numbers are drawn whatever comes of them."""
        draw = self._random.random
        chances = [draw() for _ in range(12)]
        self._live(chances)
        wishes = [self._wishes.random() for _ in range(6)]
        if not self.client.connected:
            self._away -= 1
            if self._away <= 0:
                self._return()
            return
        self._move(chances)
        if self._attentive or chances[4] < 0.1:
            self.client.acknowledge()
        if chances[5] < 0.01:
            self.ask("chat", "say", {"text": f"canary of {self.client.name} " + "x" * self._random.randrange(60)})
        if chances[6] < 0.004 and self._limits:
            self.client.send(Budget(kbits=self._random.choice(self._limits)))
        if chances[7] < 0.004:
            self.client.send_frame(PING, bytes(self._random.randrange(9)))
        if chances[8] < 0.008:
            self.client.send(Clock(sent=float(self._sequence)))
        if chances[9] < 0.03 and self._things:
            self._handle()
        self._wish(wishes)
        if chances[10] < 0.002:
            self.ask("chat", "shout", {})
        if chances[11] < 0.002 and not self._attentive:
            self._go_away()

    # Moving -----------------------------------------------------------------------------------------------------------

    def _live(self, chances: list[float]) -> None:
        if chances[0] < 0.02:
            self._speaking = not self._speaking
        if chances[1] < 0.005:
            self._signing = not self._signing
        if self._full:
            self._full -= 1
        elif self._hidden and chances[2] < 0.002:
            self._full = self._random.randrange(200)
        self.client.reading = not self._full

    def _move(self, chances: list[float]) -> None:
        random = self._random
        if chances[3] < 0.004:
            self._place = random.choice(self._places)
            (x0, _, z0), (x1, _, z1) = self._place
            self._x, self._z = random.uniform(x0, x1), random.uniform(z0, z1)
        self._x, self._z = within(
            self._place, self._x + random.uniform(-STRIDE, STRIDE), self._z + random.uniform(-STRIDE, STRIDE)
        )
        self._yaw += random.uniform(-0.5, 0.5)
        if chances[3] > 0.2:
            self._pose()

    def _pose(self) -> None:
        random = self._random
        turn = upright_rotation(self._yaw)
        flags = StateFlag.HEAD | StateFlag.RIGHT
        left = TrackedPart()
        if random.random() < 0.9:
            flags |= StateFlag.LEFT
            left = TrackedPart(-300, random.randrange(-500, -300), -200, *turn)
        if self._signing:
            flags |= StateFlag.SIGNING
        eyes, fingers = b"", bytes(20)
        if self._gestures is not None:
            flags |= StateFlag.FACE
            eyes = self._gestures.randbytes(EYE_VALUES)
            if not self._signing:
                flags |= StateFlag.RIGHT_FINGERS
                fingers = self._gestures.randbytes(20)
        self._sequence = self._sequence + 1 & 0xFFFF
        state = AvatarState(
            flags=flags,
            voice=random.randrange(60, 255) if self._speaking else 0,
            head=TrackedPart(round(self._x * 1000), 1_600, round(self._z * 1000), *turn),
            left=left,
            right=TrackedPart(300, random.randrange(-500, -300), -200, *turn),
            right_fingers=fingers,
            face=eyes.ljust(FACE_VALUES, b"\0"),
        )
        now_ms = wire_time(self.client.hospital.now)
        self.client.pose(encode_pose(Pose(state, self._sequence, now_ms - random.randrange(40))))

    # Coming and going -------------------------------------------------------------------------------------------------

    def _go_away(self) -> None:
        self._away = self._random.randrange(2, 60)
        if self._restless and self._random.random() < 0.5:
            self.client.send(Bye())
            self.client.gone = True
        self.client.drop()

    def _return(self) -> None:
        self._full = 0
        if self.client.gone:
            self.client.gone = False
            self.client.join()
        else:
            self.client.resume()

    # Handling things --------------------------------------------------------------------------------------------------

    def ask(self, feature: str, type_: str, body: dict[str, object]) -> None:
        """Ask a feature for something, under the next number."""
        self._operations += 1
        op = self._operations.to_bytes(16, "big")
        self.client.send(Operation(op=op, feature=feature, type=type_, body=body))

    def _wish(self, wishes: list[float]) -> None:
        """Do what no picture shows. Whom and what it is about is drawn too, whatever comes of it."""
        asks, absent, allows, writes, silences, which = wishes
        if asks < 0.03:
            self.ask("access", "recent", {})
        if absent < 0.005:
            self._absent = not self._absent
            self.ask("safety", "away", {"away": self._absent})
        if allows < 0.005:
            self.ask("consent", "set", {"purpose": WISHES[int(which * 2)], "given": allows < 0.0025})
        if writes < 0.01 and self._panel:
            self._write(f"canary of {self.client.name} on {self._panel} " + "x" * int(which * 60))
        if silences < 0.008 and self._silences is not None:
            others = [
                life
                for life in self.client.hospital.clients
                if life.room_id == self.client.room_id and life.name.startswith(self._silences)
            ]
            self._silence(others[int(which * len(others))], lift=silences < 0.005)

    def _write(self, text: str) -> None:
        panel = self._find(self._panel)
        panels = self.client.hospital.room(self.client.room_id).features._features["panels"]
        if panel is not None and isinstance(panels, Panels):
            version = panels._panels[panel.entity].text.version
            self.ask("panels", "write", {"panel": panel.entity, "text": text, "version": version})

    def _silence(self, other: Client, *, lift: bool) -> None:
        entity = next(
            (
                entity
                for entity, member in self.client.hospital.room(self.client.room_id).members.items()
                if member.participant.subject == other.name
            ),
            None,
        )
        if entity is not None and other is not self.client:
            self.ask("moderation", "unmute" if lift else "mute", {"entity": entity})

    def _handle(self) -> None:
        random = self._random
        name = random.choice([*self._things, *(IN_THE_OPEN if self._hidden else ())])
        thing = self._find(name)
        member = self.client.member
        own, kind, hand = random.random(), random.random(), random.choice(_HANDS)
        if thing is None or member is None:
            return
        if thing.facts.holder == member.entity:
            if kind < 0.3:
                self.ask("props", "offer", {"prop": thing.entity, "offered": own < 0.5})
                return
            self._put(thing)
            return
        things = self.client.hospital.room(self.client.room_id).things
        if kind < 0.9 and not things.reaches(member, things.where(thing), hand):
            # Who reaches too far too often is sent away.
            return
        if name in self._things or (thing.facts.holder and not thing.facts.offered):
            # Who is hidden takes nothing away from the open: that would be seen. It wishes for what is held.
            grip = [0, 0, 0, 3, 0, 0, 0]
            body: dict[str, object] = {
                "prop": thing.entity,
                "hand": hand,
                "grip": grip,
                "ownership": thing.facts.ownership,
            }
            self.ask("props", "grab", body)

    def _put(self, thing: Thing) -> None:
        x, z = within(self._place, self._x + 0.2, self._z - 0.2)
        body = {
            "prop": thing.entity,
            "position": [round(x * 1000), 1_000, round(z * 1000)],
            "rotation": list(upright_rotation(self._yaw)),
            "ownership": thing.facts.ownership,
        }
        self.ask("props", "put", body)

    def _find(self, name: str) -> Thing | None:
        things = self.client.hospital.room(self.client.room_id).things.placed.values()
        return next((thing for thing in things if thing.settings.name == name), None)


class Day:
    """A hospital full of people. `seeds` says by what the secret lives are led: those of `bed 1`, `bed 2`, `lobby`; if
    there is one for `gestures`, by what those in the open move what no mask shows; and if there is one for `refuser`,
    what somebody does, all over the ward, who does not want to be treated."""

    def __init__(
        self, seeds: dict[str, str], *, roaming: bool = False, fidelity: Literal["care", "group"] = "care"
    ) -> None:
        """`roaming`: those behind the two curtains go from one to the other, so that their numbers there differ."""
        self.hospital = Hospital(fidelity=fidelity)
        admit = self.hospital.admit
        limits, gestures = (8, 40, 200, NO_LIMIT), seeds.get("gestures", "")
        self.lives = [
            Life(admit("Ann", ages=True), "Ann", [OPEN], IN_THE_OPEN, gestures=gestures, panel=BOARD),
            Life(admit("Bea"), "Bea", [OPEN], IN_THE_OPEN, limits=limits, gestures=gestures, silences="Ann"),
            # Whoever it is, wherever they are.
            Life(admit("Ian", "facilitator"), "Ian", [OPEN], IN_THE_OPEN, gestures=gestures, silences=""),
            Life(admit("Nora", "clinician"), "Nora", [OPEN], IN_THE_OPEN, gestures=gestures, panel=BOARD),
            Life(admit("Vic"), "Vic", [OPEN], IN_THE_OPEN, restless=True, gestures=gestures),
            Life(admit("Wes"), "Wes", [OPEN, BED_1, OPEN, BED_2], (), attentive=True, gestures=gestures),
        ]
        beds = (("bed 1", BED_1, "Chart", SHEET_1), ("bed 2", BED_2, "Drip", SHEET_2))
        for place, box, thing, sheet in beds:
            for number in range(4):
                client = admit(f"{place} {number}", buffer=4_608, ages=number == 0)
                seed = f"{seeds[place]} {client.name}"
                places = [BED_1, BED_2] if roaming else [box]
                if roaming and place == "bed 2":
                    places.reverse()
                self.lives.append(
                    Life(client, seed, places, [thing], hidden=True, limits=limits, panel=sheet, silences=place)
                )
        if "refuser" in seeds:
            # Without a thing: what somebody takes and puts down is the room's, and seen by all.
            refuser = Life(admit("Rae"), f"{seeds['refuser']} Rae", [OPEN, BED_1, OPEN, BED_2], (), hidden=True)
            refuser.ask("consent", "set", {"purpose": "treat", "given": False})
            self.lives.append(refuser)
        for number in range(3):
            client = admit(f"lobby {number}", room="lobby")
            seed = f"{seeds['lobby']} {client.name}"
            self.lives.append(Life(client, seed, [OPEN], ["Ball"], restless=True, limits=limits, silences="lobby"))
        for life in self.lives:
            life.settle_in()

    def step(self) -> None:
        """Let everybody do something, then one tick."""
        for life in self.lives:
            life.act()
        self.hospital.step()

    def close(self) -> None:
        """Give all sockets back."""
        self.hospital.close()

    def clients(self, *places: str, but: Collection[str] = ()) -> dict[str, Client]:
        """Those who lead their lives in the open, `but` not these, and those of the places named."""
        names = {"Ann", "Bea", "Ian", "Vic"}.difference(but)
        found = (life.client for life in self.lives)
        return {client.name: client for client in found if client.name in names or client.name.startswith(places)}


def run_beside(
    one: Day, other: Day, compared: Sequence[str], steps: int, *, but: Collection[str] = ()
) -> tuple[int, str] | None:
    """Live two days in step; the first step and name at which what was sent is not the same, None if there is none."""
    ones, others = one.clients(*compared, but=but), other.clients(*compared, but=but)
    for number in range(1, steps + 1):
        one.step()
        other.step()
        for name, client in ones.items():
            if client.came != others[name].came or client.connected != others[name].connected:
                return number, name
    return None
