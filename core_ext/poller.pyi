"""The sockets of all connections in one epoll set, read without a Python object for each event."""

from typing_extensions import disjoint_base

@disjoint_base
class Polled:
    """What waits in a poller for its socket."""

@disjoint_base
class Poller:
    """An epoll set. Not thread-safe: everything happens on the event loop's thread."""

    @property
    def wakes(self) -> int:
        """Calls of `poll`."""

    @property
    def events(self) -> int:
        """Sockets found ready in all of them."""

    def fileno(self) -> int:
        """Return the descriptor that is readable while a connection has something to read, or can write again."""

    def poll(self) -> int:
        """Let every connection that is ready read and write; how many were. Does not wait."""
