"""One client's WebSocket in the world: poses into its room's table, snapshots out of its room's encoder."""

from collections.abc import Iterable
from typing import final

from core_ext.entity_table import EntityTable
from core_ext.snapshot import SnapshotEncoder
from core_ext.web_socket import Receiver, Traffic, WebSocket

@final
class WorldPort(WebSocket):
    """A WebSocket whose messages are the world's."""

    stranger_bytes_max: int
    """Bytes that may come in all before `bind`, frames' headers counted; past it close 1009. 0 is no limit."""

    def __init__(self, receiver: Receiver, traffic: Traffic, epoch: float) -> None: ...
    @property
    def bound(self) -> bool:
        """Whether poses go to a table and snapshots come from an encoder."""

    @property
    def poses_in(self) -> int: ...
    @property
    def snapshots_out(self) -> int: ...
    @property
    def snapshots_skipped(self) -> int: ...
    def bind(self, table: EntityTable, slot: int, encoder: SnapshotEncoder, observer: int, ages: bool) -> None:
        """Let poses go to `slot` and snapshots come for `observer`, both in use until `unbind`.

        Raises IndexError or ValueError if one of them is not, ValueError for an encoder of another table.
        """

    def unbind(self) -> None:
        """Take no more poses and make no more snapshots."""

def broadcast(ports: Iterable[WorldPort]) -> int:
    """Make and send one snapshot for each port that is bound and writable; how many were sent.

    A port with bytes to write is skipped, and counts that. What fails for one port closes that one only.
    """
