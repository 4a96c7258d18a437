"""The compiled core of a room: its entities, who sees whom, and the frames that tell them."""

from core_ext.bot_port import BotPort
from core_ext.echo_port import EchoPort
from core_ext.entity_table import BUILD, POSE_CORRECTED, POSE_MALFORMED, POSE_STORED, EntityTable, TableFull
from core_ext.frame_decoder import FrameDecoder
from core_ext.grid import Grid
from core_ext.interest import Interest
from core_ext.poller import Poller
from core_ext.pose_wheel import PoseWheel
from core_ext.record_codec import RecordCodec
from core_ext.snapshot import SnapshotEncoder
from core_ext.socket_port import WorldPort, broadcast
from core_ext.web_socket import Traffic, WebSocket
from core_ext.witness import Witness

__all__ = [
    "BUILD",
    "POSE_CORRECTED",
    "POSE_MALFORMED",
    "POSE_STORED",
    "BotPort",
    "EchoPort",
    "EntityTable",
    "FrameDecoder",
    "Grid",
    "Interest",
    "Poller",
    "PoseWheel",
    "RecordCodec",
    "SnapshotEncoder",
    "TableFull",
    "Traffic",
    "WebSocket",
    "Witness",
    "WorldPort",
    "broadcast",
]
