"""A WebSocket's server end that sends back what comes, for tests of the frames alone."""

from typing import final

from core_ext.web_socket import Receiver, Traffic, WebSocket

@final
class EchoPort(WebSocket):
    """Sends each message back as it came. No server of this project opens one.

    Its frames are read, checked and answered by the code that `WorldPort` has. Two things that the world refuses and
    RFC 6455 knows are let through: text (which has to be UTF-8, else close 1007), and any number of fragments.
    """

    def __init__(self, receiver: Receiver, traffic: Traffic, epoch: float) -> None: ...
