"""Drives the avatars of STYLY-NetSync; run by the interpreter of its environment, inside its namespace.

    styly_load.py PLAN HZ SETTLE_SECONDS WINDOW_SECONDS SERVER_PID

PLAN is JSON: for each avatar its room, and its poses as 21 numbers. Each avatar has the three sockets of the package's
own clients: control and transforms up, the room's broadcasts down. Messages are laid out by the package beforehand.
Says `begin` and `end` around the measured window, then a JSON object.
"""

import json
import sys
import time
from pathlib import Path
from select import select
from typing import Any

import zmq  # type: ignore[import-not-found]  # of its own environment
from styly_netsync import binary_serializer as wire  # type: ignore[import-not-found]

CONTROL, TRANSFORMS, BROADCASTS = 5555, 5557, 5556
MOST_READ_SECONDS = 0.02
JOIN_SECONDS = 0.004
PARTS = ("head", "leftHand", "rightHand")
AXES = ("posX", "posY", "posZ", "rotX", "rotY", "rotZ", "rotW")


class Avatar:
    """One client: its sockets, its messages, and what it counted."""

    def __init__(self, context: "zmq.Context[Any]", number: int, room: str, poses: list[list[float]]) -> None:
        device = f"00000000-0000-4000-8000-{number:012d}"
        self.room = room.encode()
        self.messages = [_transform(device, sequence, pose) for sequence, pose in enumerate(poses)]
        self.control = _connected(context, zmq.DEALER, CONTROL)
        self.transforms = _connected(context, zmq.DEALER, TRANSFORMS)
        self.broadcasts = context.socket(zmq.SUB)
        self.broadcasts.setsockopt(zmq.LINGER, 0)
        self.broadcasts.setsockopt(zmq.SUBSCRIBE, self.room)
        self.broadcasts.connect(f"tcp://127.0.0.1:{BROADCASTS}")
        self.control.send_multipart([self.room, wire.serialize_client_hello(device)])
        self.at, self.direction = 0, 1
        self.frames = self.bytes = self.sent = 0
        self.last = b""

    def send(self) -> int:
        """Send the next pose, there and back again; whether the socket took it."""
        message = self.messages[self.at]
        if not 0 <= self.at + self.direction < len(self.messages):
            self.direction = -self.direction
        self.at += self.direction
        try:
            self.transforms.send_multipart([self.room, message], zmq.NOBLOCK)
        except zmq.Again:
            return 0
        return 1

    def read(self, measuring: bool) -> None:
        """Take all that has come."""
        while True:
            try:
                _, message = self.broadcasts.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                break
            if message[0] == wire.MSG_ROOM_POSE:
                self.last = message
                self.frames += measuring
                self.bytes += len(message) if measuring else 0
        try:
            while True:
                self.control.recv_multipart(zmq.NOBLOCK)
        except zmq.Again:
            pass


def _connected(context: "zmq.Context[Any]", kind: int, port: int) -> "zmq.Socket[Any]":
    socket = context.socket(kind)
    socket.setsockopt(zmq.LINGER, 0)
    socket.connect(f"tcp://127.0.0.1:{port}")
    return socket


def _transform(device: str, sequence: int, numbers: list[float]) -> bytes:
    parts = {part: dict(zip(AXES, numbers[7 * index : 7 * index + 7], strict=True)) for index, part in enumerate(PARTS)}
    message: bytes = wire.serialize_client_transform({"deviceId": device, "poseSeq": sequence, **parts})
    return message


def pause(seconds: float) -> None:
    """Let time pass."""
    select([], [], [], seconds)


def say(line: str) -> None:
    """Tell the benchmark."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def cpu_of(pid: str) -> tuple[float, float]:
    """User and system time of a process, s."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) / 100, int(fields[12]) / 100


def run(avatars: list[Avatar], hz: float, seconds: float, measuring: bool) -> int:
    """Send each avatar's poses at its own moment of the period and read what comes; the poses that went out."""
    began = read_at = time.monotonic()
    position = sent = 0
    while (now := time.monotonic()) < began + seconds:
        due = int((now - began) * hz * len(avatars))
        for index in range(position, due):
            sent += avatars[index % len(avatars)].send()
        position = due
        if now >= read_at:
            read_at = now + MOST_READ_SECONDS
            for avatar in avatars:
                avatar.read(measuring)
        pause(0.001)
    return sent


def seen_by(avatar: Avatar) -> int:
    """How many avatars of the right size the last broadcast had."""
    _, room, _ = wire.deserialize(avatar.last)
    return len(room["clients"]) if room else 0


def main() -> None:
    plan, hz, settle, window, pid = sys.argv[1:]
    context = zmq.Context()
    context.set(zmq.MAX_SOCKETS, 65_535)
    avatars = []
    for number, (room, poses) in enumerate(json.loads(Path(plan).read_text())):
        avatars.append(Avatar(context, number, room, poses))
        avatars[-1].send()
        pause(JOIN_SECONDS)
    run(avatars, float(hz), float(settle), measuring=False)
    say("begin")
    user, system = cpu_of(pid)
    cpu, since = time.process_time(), time.monotonic()
    sent = run(avatars, float(hz), float(window), measuring=True)
    seconds, cpu = time.monotonic() - since, time.process_time() - cpu
    user_after, system_after = cpu_of(pid)
    say("end")
    frames = sorted(avatar.frames for avatar in avatars)
    total = sum(frames)
    size = sum(avatar.bytes for avatar in avatars)
    told = {
        "avatars": len(avatars),
        "live": len(avatars),
        "lost": 0,
        "first_loss": "",
        "seconds": seconds,
        "frames": total,
        "frames_least": frames[0],
        "frames_median": frames[len(frames) // 2],
        "snapshot_bytes": size,
        "messages": 0,
        "poses": sent,
        "poses_skipped": 0,
        "cpu_seconds": cpu,
        "server_user_seconds": user_after - user,
        "server_system_seconds": system_after - system,
        "sizes": [[size // max(1, total), total]],
        "seen": [seen_by(avatar) for avatar in avatars],
    }
    say(json.dumps(told))
    context.destroy(linger=0)


if __name__ == "__main__":
    main()
