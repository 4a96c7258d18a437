"""The wheel that spreads the poses of many ports evenly over the period."""

from typing import final

from core_ext import BotPort

@final
class PoseWheel:
    """Spreads the poses of many ports evenly over the period, so that the server is not hit in bursts."""

    @property
    def hz(self) -> float: ...
    def __init__(self, hz: float, places: int) -> None: ...
    def put(self, place: int, port: BotPort) -> None:
        """Give the port a place: from now on it sends `hz` poses a second."""

    def clear(self, place: int) -> None:
        """Take away whoever is at this place."""

    def advance(self, now_ns: int) -> int:
        """Send for every place that has come due by `now_ns` since the last call, each at most once; the poses sent.

        `now_ns` only counts up; the first call starts the wheel. What was missed for longer than a turn is missed.
        """
