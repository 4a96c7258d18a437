"""The Merkle tree hash of RFC 6962 section 2.1, grown leaf by leaf: it keeps one hash for each bit set in its size."""

from __future__ import annotations

from hashlib import sha256

_LEAF = b"\x00"
_NODE = b"\x01"


def leaf_hash(data: bytes) -> bytes:
    """Hash a leaf. The prefix keeps a leaf from passing for an inner node."""
    return sha256(_LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash an inner node."""
    return sha256(_NODE + left + right).digest()


class Tree:
    """A tree that only grows."""

    def __init__(self) -> None:
        self.size = 0
        """Leaves so far."""
        self._peaks: list[bytes] = []
        """The roots of the full subtrees from the left, the largest first."""

    def append(self, data: bytes) -> None:
        """Add a leaf."""
        peak = leaf_hash(data)
        full = self.size
        while full & 1:
            peak = node_hash(self._peaks.pop(), peak)
            full >>= 1
        self._peaks.append(peak)
        self.size += 1

    def root(self) -> bytes:
        """Give the root of the leaves so far; of none, the hash of nothing."""
        if not self._peaks:
            return sha256(b"").digest()
        *others, root = self._peaks
        for peak in reversed(others):
            root = node_hash(peak, root)
        return root
