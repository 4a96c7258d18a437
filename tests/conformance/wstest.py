"""Runs the Autobahn test suite's cases against a server that echoes, and writes a JSON line for each.

    build/conformance/venv/bin/python tests/conformance/wstest.py CASES_FOLDER ws://HOST:PORT/PATH SUBPROTOCOL

It stands in for the suite's own `wstest`, whose protocol class needs Python 2 and Twisted: the cases call the same
methods here, on the same library in a version of today. A few run at a time: they wait for time-outs mostly.
"""

import asyncio
import importlib
import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

from autobahn.asyncio.websocket import WebSocketClientFactory, WebSocketClientProtocol

AT_ONCE = 8
SECONDS_MAX = 60.0
"""Any case is over long before: they kill themselves after 10 s at most."""


def octets(text):
    """Make bytes of a case's string: one byte for each character."""
    return text.encode("latin-1") if isinstance(text, str) else text


def text(data):
    """Make a case's string of bytes."""
    return data.decode("latin-1")


class CaseProtocol(WebSocketClientProtocol):
    """One connection for one case; what cases call `self.p`."""

    def __init__(self, case_class, done):
        super().__init__()
        self.connectionWasOpen = False
        self.txFrameStats = {}
        self._done = done
        self._ended = False
        self._case_class = case_class
        self._case = None

    def connection_made(self, transport):
        super().connection_made(transport)
        self._case = self._case_class(self)

    def connection_lost(self, error):
        super().connection_lost(error)
        if self._ended:
            return
        self._ended = True
        case = self._case
        if not case.expectedClose:
            case.resultClose = "the connection ended before the case began"
        else:
            case.onConnectionLost(self.failedByMe)
        self._done.set_result(
            {"behavior": case.behavior, "close": case.behaviorClose, "result": case.result, "reason": case.resultClose}
        )

    # What the library tells -------------------------------------------------------------------------------------------

    def onOpen(self):
        self.connectionWasOpen = True
        self._case.onOpen()

    def onMessage(self, payload, isBinary):
        self._case.onMessage(text(payload), isBinary)

    def onPong(self, payload):
        self._case.onPong(text(payload))

    def onPing(self, payload):
        self._case.onPing(text(payload))
        self.sendPong(payload)

    def onClose(self, wasClean, code, reason):
        self._case.onClose(wasClean, code, reason)

    def logTxFrame(self, frameHeader, payload, repeatLength, chopsize, sync):
        self.txFrameStats[frameHeader.opcode] = self.txFrameStats.get(frameHeader.opcode, 0) + 1

    def logRxFrame(self, frameHeader, payload):
        pass

    def logRxOctets(self, data):
        pass

    def logTxOctets(self, data, sync):
        pass

    # What cases call --------------------------------------------------------------------------------------------------

    def sendFrame(self, opcode, payload=b"", **rest):
        super().sendFrame(opcode=opcode, payload=octets(payload), **rest)

    def sendMessage(self, payload, isBinary=False, **rest):
        super().sendMessage(octets(payload), isBinary, **rest)

    def sendMessageFrameData(self, payload, sync=False):
        return super().sendMessageFrameData(octets(payload), sync)

    def sendCloseFrame(self, code=None, reasonUtf8=None, isReply=False):
        super().sendCloseFrame(code, None if reasonUtf8 is None else octets(reasonUtf8), isReply)

    def continueLater(self, delay, call, tag=None):
        asyncio.get_running_loop().call_later(delay, self._if_not_closed, call)

    def killAfter(self, delay):
        asyncio.get_running_loop().call_later(delay, self._if_not_closed, self._fail_connection)

    def closeAfter(self, delay):
        asyncio.get_running_loop().call_later(delay, self._if_not_closed, self.sendClose)

    def _if_not_closed(self, call):
        if self.state != self.STATE_CLOSED:
            call()


def load_cases(folder):
    """Find all cases below 8 and those of 10: pairs of an id and a class, in the suite's order."""
    sys.path.insert(0, str(folder))
    cases = {}
    for file in folder.glob("case*_*.py"):
        module = importlib.import_module(file.stem)
        listed = [found for name, found in vars(module).items() if name.startswith("Case") and isinstance(found, type)]
        for several in ("Case6_X_X", "Case7_7_X", "Case7_9_X"):
            listed += vars(module).get(several, [])
        for found in listed:
            if found.__name__ != "Case":
                cases[tuple(map(int, found.__name__.removeprefix("Case").split("_")))] = found
    return [(".".join(map(str, key)), cases[key]) for key in sorted(cases)]


async def run_case(case_class, url, subprotocol):
    """Run one case over a connection of its own."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    factory = WebSocketClientFactory(url, protocols=[subprotocol])
    # As the suite sets it: a peer that is at fault is told by a close frame.
    factory.setProtocolOptions(failByDrop=False)
    factory.logFrames = True
    factory.protocol = lambda: CaseProtocol(case_class, done)
    parts = urlsplit(url)
    await loop.create_connection(factory, parts.hostname, parts.port)
    return await asyncio.wait_for(done, SECONDS_MAX)


async def main(folder, url, subprotocol):
    """Run all cases, some at a time."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def run(name, case_class):
        async with turn:
            outcome = await run_case(case_class, url, subprotocol)
            about = " ".join(case_class.DESCRIPTION.split("<")[0].split())
            return {"case": name, "about": about, "expected": case_class.EXPECTATION, **outcome}

    for outcome in await asyncio.gather(*(run(name, case_class) for name, case_class in load_cases(folder))):
        sys.stdout.write(json.dumps(outcome) + "\n")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
