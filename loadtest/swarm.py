"""Runs a load test: opens rooms, lets avatars join at a steady pace, drives and watches them, takes them home."""

import asyncio
import gc
import random
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from core_ext import PoseWheel, Witness
from loadtest.bot import Bot, BotRoom, box_mm
from loadtest.errors import JoinRefused, LoadTestError
from loadtest.events import EventReader
from loadtest.frontdesk import FrontDesk
from loadtest.metrics import Reading, read_metrics
from loadtest.motion.placing import Stage
from loadtest.motion.supply import Part, by_default, from_traces
from loadtest.outcome import Outcome, Sampler
from loadtest.plan import Party, Request, parties
from loadtest.progress import Watcher
from loadtest.verification import Ledger
from protocol.ids import CloseCode
from protocol.messages import RoomDescription

T = TypeVar("T")

_TICKET_THREADS: Final = 4
_LOOK: Final = "plain"
_PHRASES: Final = (
    "Good morning.",
    "Could you show me that again?",
    "I am right behind you.",
    "Thank you, that helps.",
    "Is this seat taken?",
    "One moment, please.",
)
_TURN_SECONDS: Final = 0.002
"""How often the wheel of poses is turned."""
_SWEEP_SECONDS: Final = 0.25
"""How often bots acknowledge and talk; the server wants an acknowledgement every second."""
_LOOK_EVERY: Final = 4
"""Sweeps from one look at all that is held to the next."""
_CLOCK_EVERY: Final = 40
"""Sweeps from one question for the server's clock to the next."""
_SAMPLE_SECONDS: Final = 0.5
_SETTLE_SECONDS: Final = 1.0
"""After the last join, before the window: rosters and first full records are not the steady state."""
_GOODBYE_SECONDS: Final = 3.0
_PATIENCE_SECONDS: Final = 2.0
"""An avatar may be seen this long before its own bot was told its id."""
_FATAL: Final = frozenset(
    {
        "room_unknown",
        "room_full",
        "room_closed",
        "role_unknown",
        "invalid_request",
        "stopping",
        str(CloseCode.OVERLOADED),
    }
)
"""Refusals that the next avatar would get as well."""


class Swarm:
    """One load test. `run` once."""

    def __init__(self, request: Request, desk: FrontDesk, watcher: Watcher) -> None:
        self.request = request
        self.desk = desk
        self.watcher = watcher
        self.ledger = Ledger(Witness())
        self.bots: dict[int, Bot] = {}
        """By place: whoever is there now."""
        self.senders: dict[int, list[int]] = {}
        """By place: everybody who ever was there, as the witness counts."""
        self.joins = 0
        self._draw = random.Random(request.seed)  # noqa: S311 - where bots go is no secret
        self._rooms: list[BotRoom] = []
        self._room_of: list[BotRoom] = []
        self.parts: list[Part] = []
        """By place: what is sent from there."""
        self._wheel: PoseWheel | None = None
        self._threads = ThreadPoolExecutor(_TICKET_THREADS, thread_name_prefix="frontdesk")
        self._tasks: set[asyncio.Task[None]] = set()
        self._failure: Exception | None = None
        self._closing = False
        self._sweeps = 0
        self._role = request.role or ""
        self._chat_at: dict[str, float] = {}
        self._events = EventReader()

    async def run(self) -> Outcome:
        """Run the test. Raises LoadTestError when it cannot begin or go on."""
        try:
            await self._open_rooms()
            await self._scout()
            await self._ramp()
            return await self._watch()
        finally:
            await self._go_home()
            self._threads.shutdown(wait=True, cancel_futures=True)
            self.desk.close()

    # ---- rooms and the way in ---------------------------------------------------------------------------------

    async def _ask(self, question: Callable[..., T], *arguments: Any, **named: Any) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: question(*arguments, **named))

    async def _open_rooms(self) -> None:
        self._role = self._role or (await self._ask(self.desk.roles))[0]
        planned = parties(self.request)
        self.watcher.phase("opening rooms", len(planned), "to fill")
        for party in planned:
            room = BotRoom(await self._room_for(party), party.canary)
            self._rooms.append(room)
            self._room_of += [room] * party.size

    async def _room_for(self, party: Party) -> str:
        if party.room is not None:
            return party.room
        visit = self.request.scenario.visit or ""
        return await self._ask(self.desk.open_room, visit, f"load test {party.canary[-6:]}", self._role)

    async def _scout(self) -> None:
        """Let the first avatar in: it learns the room's bounds, for which motion is prepared."""
        description = (await self._join(0)).room
        hz = self.request.hz or float(description.tick_hz)
        self.watcher.phase("preparing motion", 1)
        self.parts = await asyncio.to_thread(self._prepare_motion, description, hz)
        self._wheel = PoseWheel(hz, self.request.avatars)
        self._set_moving(0)
        self._repeat(self._turn_wheel, _TURN_SECONDS)
        self._repeat(self._sweep, _SWEEP_SECONDS)

    def _prepare_motion(self, description: RoomDescription, hz: float) -> list[Part]:
        request, scenario = self.request, self.request.scenario
        stage = Stage(box_mm(description.bounds), scenario.gathering, scenario.walkers, scenario.seated)
        counts = [sum(1 for each in self._room_of if each is room) for room in self._rooms]
        if request.traces is not None:
            return from_traces(request.traces, stage, counts, hz=hz, seed=request.seed)
        ramp = request.avatars / request.joins_per_second
        return by_default(stage, counts, hz=hz, seconds=ramp + request.seconds + 2, seed=request.seed)

    async def _ramp(self) -> None:
        """Let the others in at a steady pace."""
        self.watcher.phase("joining", self.request.avatars, "avatars")
        sampler = self._sampler()
        joins: list[asyncio.Task[None]] = []
        started = time.monotonic()
        for place in range(1, self.request.avatars):
            wait = started + place / self.request.joins_per_second - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            joins.append(self._launch(self._arrive(place)))
            if place % max(1, int(self.request.joins_per_second // 2)) == 0:
                self.watcher.show(len(self.bots), sampler.status(len(self.bots)))
            self._raise_failure()
        if joins:
            await asyncio.wait(joins)
        self._raise_failure()
        if self.request.scenario.stay_seconds is not None:
            for place in range(self.request.avatars):
                self._start(self._come_and_go(place))
        await asyncio.sleep(_SETTLE_SECONDS)

    async def _arrive(self, place: int) -> None:
        try:
            await self._join(place)
        except JoinRefused as error:
            if error.code in _FATAL:
                raise LoadTestError(f"after {self.joins} avatars had joined: {error}") from error
            if not self._closing:
                self.ledger.note("join_failed", str(error))
            return
        self._set_moving(place)

    async def _join(self, place: int) -> Any:
        room = self._room_of[place]
        name, look = f"Bot {place + 1}", f"{_LOOK}-{room.canary}"
        ticket = await self._ask(self.desk.ticket, room.id, name=name, role=self._role, look=look)
        bot = Bot(
            name,
            room,
            self.ledger,
            verifying=place % self.request.checks_every == 0,
            events=self._events,
            on_lost=lambda _: self._lose(place),
        )
        welcome = await bot.join(ticket)
        if bot.live:
            self.bots[place] = bot
            self.senders.setdefault(place, []).append(bot.port.sender)
            self.joins += 1
        return welcome

    def _set_moving(self, place: int) -> None:
        bot = self.bots.get(place)
        if bot is not None and self._wheel is not None:
            part = self.parts[place]
            bot.port.move_along(part.rows, part.start, part.offset_mm)
            self._wheel.put(place, bot.port)

    def _lose(self, place: int) -> None:
        self.bots.pop(place, None)
        if self._wheel is not None:
            self._wheel.clear(place)

    async def _come_and_go(self, place: int) -> None:
        scenario = self.request.scenario
        stay = scenario.stay_seconds or (0.0, 0.0)
        # At first somewhere in the midst of a stay, so that not all leave at once.
        await asyncio.sleep(self._draw.uniform(0.0, stay[1]))
        while not self._closing:
            bot = self.bots.get(place)
            if bot is not None:
                self._lose(place)
                bot.leave()
            await asyncio.sleep(self._draw.uniform(*scenario.away_seconds))
            await self._arrive(place)
            await asyncio.sleep(self._draw.uniform(*stay))

    # ---- while it runs ----------------------------------------------------------------------------------------

    def _launch(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Run a task beside the others; if it fails, so does the test."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finish)
        return task

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.add(self._launch(work))

    def _finish(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None and not self._closing:
            self._failure = self._failure or (error if isinstance(error, Exception) else RuntimeError(repr(error)))

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _repeat(self, act: Callable[[], None], seconds: float) -> None:
        async def go_on() -> None:
            while not self._closing:
                act()
                await asyncio.sleep(seconds)

        self._start(go_on())

    def _turn_wheel(self) -> None:
        if self._wheel is not None:
            self._wheel.advance(time.monotonic_ns())

    def _sweep(self) -> None:
        """Acknowledge, talk, look about, ask the time: a share of the bots at a time for what is rare."""
        now = time.monotonic()
        self._sweeps += 1
        for place, bot in list(self.bots.items()):
            bot.acknowledge()
            if (place + self._sweeps) % _LOOK_EVERY == 0:
                bot.look_about(now)
            if (place + self._sweeps) % _CLOCK_EVERY == 0:
                bot.ask_clock()
        if self.request.scenario.handover_seconds is not None:
            self._hand_over(self.request.scenario.handover_seconds)
        self.ledger.witness.judge_unknown(_PATIENCE_SECONDS)
        self._chat(now)

    def _chat(self, now: float) -> None:
        mean = self.request.scenario.chat_seconds
        due = {room.id for room in self._rooms if self._chat_at.setdefault(room.id, now + mean) <= now}
        if not due:
            return
        for bot in self._draw.sample(list(self.bots.values()), len(self.bots)):
            if bot.room.id in due:
                due.discard(bot.room.id)
                self._chat_at[bot.room.id] = now + self._draw.uniform(0.5, 1.5) * mean
                bot.say(f"{self._draw.choice(_PHRASES)} ({bot.room.canary})")

    def _hand_over(self, mean: float) -> None:
        """Let each look at things, and now and then do something with one."""
        for bot in list(self.bots.values()):
            bot.look_at_things()
            if self._wheel is not None and self._draw.random() < _SWEEP_SECONDS / mean:
                bot.handle(self._draw)

    def _sampler(self) -> Sampler:
        return Sampler(self.ledger)

    async def _watch(self) -> Outcome:
        """Measure for as long as was asked."""
        request = self.request
        gc.collect()
        # A collection over all that lives would stop every bot for longer than a tick.
        gc.freeze()
        before = await self._reading()
        read_at = time.monotonic()
        self.watcher.phase("measuring", request.seconds, "seconds")
        self.ledger.witness.begin()
        sampler = self._sampler()
        ends = time.monotonic() + request.seconds
        while (now := time.monotonic()) < ends and self.bots:
            await asyncio.sleep(min(_SAMPLE_SECONDS, ends - now))
            sampler.take(len(self.bots))
            self._raise_failure()
            self.watcher.show(sampler.seconds, sampler.status(len(self.bots)))
        self._look_once_more()
        self.ledger.witness.end()
        after = await self._reading()
        outcome = sampler.outcome(self._descriptions(), before, after, time.monotonic() - read_at)
        outcome.joins = self.joins
        outcome.places = len(self.senders)
        outcome.unseen = self._count_unseen()
        gc.unfreeze()
        return outcome

    def _look_once_more(self) -> None:
        for bot in self.bots.values():
            bot.look_about(time.monotonic())

    def _count_unseen(self) -> int:
        """Count the places nobody at which was seen by anybody, and the errors this makes."""
        witness = self.ledger.witness
        unseen = [place for place, who in self.senders.items() if not any(witness.seen(each) for each in who)]
        if unseen and self.request.scenario.everyone_seen and self.request.avatars > 1:
            names = ", ".join(f"Bot {place + 1}" for place in unseen[:5])
            self.ledger.note("unseen", f"seen by nobody: {names}", len(unseen))
        return len(unseen)

    def _descriptions(self) -> list[RoomDescription]:
        return [room.description for room in self._rooms if room.description is not None]

    async def _reading(self) -> Reading | None:
        """Read the server's metrics; None when it is gone."""
        types = {description.type for description in self._descriptions()}
        try:
            return read_metrics(await self._ask(self.desk.metrics), types)
        except LoadTestError:
            return None

    async def _go_home(self) -> None:
        """Say goodbye in order, so that the room is empty afterwards."""
        self._closing = True
        working = list(self._tasks)
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        leaving = list(self.bots.values())
        for bot in leaving:
            bot.leave()
        deadline = time.monotonic() + _GOODBYE_SECONDS
        # The goodbyes are in the sockets; what is awaited is the server's closing, one socket after the other.
        for bot in leaving:
            while bot.port.open and time.monotonic() < deadline:  # noqa: ASYNC110 - a port calls back without a loop
                await asyncio.sleep(0.02)
