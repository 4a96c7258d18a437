"""The colours of the clinic, as people write them (sRGB), and as light is reckoned with (linear)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PALETTE: Final[dict[str, str]] = {
    "plaster": "#f4eee4",
    "ceiling": "#f7f4ee",
    "ceiling-gap": "#cfc8bc",
    "sage": "#a8bfae",
    "sage-deep": "#6f9483",
    "teal": "#3f8583",
    "teal-deep": "#2c6468",
    "mist": "#c9d8d6",
    "sand": "#dcc3a0",
    "clay": "#c9835f",
    "coral": "#e0826b",
    "honey": "#e2b45c",
    "navy": "#3d5470",
    "sky": "#a9cbdc",
    "oak": "#c79b68",
    "oak-light": "#dcbc8f",
    "oak-dark": "#9c7448",
    "walnut": "#7a5638",
    "white": "#faf8f4",
    "linen": "#eef0ec",
    "cream": "#f0e6d3",
    "steel": "#c0c6c9",
    "steel-dark": "#868f95",
    "rubber": "#3c4145",
    "charcoal": "#33393d",
    "screen": "#14242b",
    "leaf": "#5f9455",
    "leaf-dark": "#3f7548",
    "leaf-light": "#8cb765",
    "soil": "#5a4334",
    "pot": "#e8e0d4",
    "pot-clay": "#c4775a",
    "vinyl": "#d3ddd6",
    "vinyl-blue": "#cbd8dd",
    "carpet": "#7f9a97",
    "rug": "#cdb99a",
    "rug-light": "#e3d7c2",
    "red": "#c8473f",
    "green": "#4fa36c",
    "skin": "#d9a98a",
    "glass": "#dcecef",
    "lamp": "#fffaf0",
    "black": "#1d2023",
}

# Below this the sRGB curve is a straight line (IEC 61966-2-1).
_STRAIGHT_BELOW: Final = 0.04045


def linear(colour: str) -> Floats:
    """Give a colour's three linear parts; by its name, or as `#rrggbb`."""
    text = PALETTE.get(colour, colour)
    channels = [int(text[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    # Rounded, because a power differs in its last bit between machines.
    return np.array([round(c / 12.92 if c <= _STRAIGHT_BELOW else ((c + 0.055) / 1.055) ** 2.4, 6) for c in channels])


def mixed(one: str, other: str, share: float) -> Floats:
    """Mix two colours as light."""
    return linear(one) * (1 - share) + linear(other) * share
