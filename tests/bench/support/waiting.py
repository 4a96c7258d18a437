"""How long a process waited for its core: what other programs on the machine cost it."""

import time
from pathlib import Path


class Waiting:
    """Counts from its making on; of the main thread, which is the event loop's."""

    def __init__(self, pid: int) -> None:
        # Linux: time on the core, time waiting for it, both ns, and how often it ran.
        self._file = Path(f"/proc/{pid}/schedstat")
        self._began = time.monotonic()
        self._waited = self._read()

    @property
    def share(self) -> float:
        """Of the time since then: how much it was ready to run and did not."""
        return (self._read() - self._waited) * 1e-9 / max(time.monotonic() - self._began, 1e-9)

    def _read(self) -> int:
        return int(self._file.read_text().split()[1])
