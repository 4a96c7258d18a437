"""What metrics may be told apart by: words of the program and of the facility's file, never a person's."""

from typing import Final

LABELS: Final = frozenset(
    {
        "code",
        "feature",
        "generation",
        "level",
        "limit",
        "outcome",
        "part",
        "reason",
        "room_type",
        "state",
        "type",
        "what",
    }
)
"""Every label there is. What a client says is counted as one of these labels' known values, or as `other`."""


def checked_label(label: str) -> str:
    """Give a label back. Raises ValueError for one that is not on the list."""
    if label not in LABELS:
        raise ValueError(f"{label}: no label of the metrics")
    return label
