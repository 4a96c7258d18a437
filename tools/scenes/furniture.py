"""The furniture of a clinic, each piece at the origin of its own frame and facing -Z."""

from __future__ import annotations

from tools.scenes.pieces import Box, standing


def chair(colour: str = "teal", width: float = 0.52) -> list[Box]:
    """Make a chair: its sitter looks to -Z."""
    return [
        standing("legs", "steel", 0.0, 0.0, (width - 0.12, 0.4, 0.38)),
        standing("seat", colour, 0.0, 0.0, (width, 0.07, 0.5), on=0.4),
        standing("back", colour, 0.0, 0.24, (width, 0.45, 0.07), on=0.45),
    ]


def sofa(seats: int, colour: str = "teal") -> list[Box]:
    """Make a sofa with a cushion a seat."""
    width = seats * 0.7
    cushions = [
        standing(f"cushion-{n + 1}", colour, (n - (seats - 1) / 2) * 0.7, -0.07, (0.66, 0.14, 0.62), on=0.3)
        for n in range(seats)
    ]
    return [
        standing("base", "navy", 0.0, 0.0, (width + 0.3, 0.3, 0.84)),
        *cushions,
        standing("back", colour, 0.0, 0.34, (width + 0.3, 0.5, 0.16), on=0.3),
        standing("arm-left", colour, -width / 2 - 0.08, -0.07, (0.15, 0.3, 0.68), on=0.3),
        standing("arm-right", colour, width / 2 + 0.08, -0.07, (0.15, 0.3, 0.68), on=0.3),
    ]


def low_table(width: float = 1.0, depth: float = 0.6) -> list[Box]:
    """Make a low table with a magazine on it."""
    return [
        standing("foot", "steel", 0.0, 0.0, (width * 0.6, 0.36, depth * 0.5)),
        standing("top", "oak", 0.0, 0.0, (width, 0.05, depth), on=0.36),
        standing("magazine", "linen", width * 0.2, 0.05, (0.21, 0.01, 0.28), on=0.41),
    ]


def plant(size: float = 0.7) -> list[Box]:
    """Make a plant in its pot: three tiers of leaves, each turned against the one below."""
    return [
        standing("pot", "pot", 0.0, 0.0, (size * 0.5, 0.45, size * 0.5)),
        standing("leaves", "leaf", 0.0, 0.0, (size * 0.8, 0.25, size * 0.8), on=0.45, yaw=10.0),
        standing("bough", "leaf", 0.0, 0.0, (size * 0.72, 0.3, size * 0.72), on=0.7, yaw=55.0),
        standing("crown", "leaf-light", 0.0, 0.0, (size * 0.46, 0.3, size * 0.46), on=1.0, yaw=30.0),
    ]


def desk(width: float = 1.6) -> list[Box]:
    """Make a desk with a screen and a keyboard; its user sits at +Z."""
    return [
        standing("legs", "steel", 0.0, 0.0, (width - 0.2, 0.7, 0.6)),
        standing("top", "oak", 0.0, 0.0, (width, 0.04, 0.8), on=0.7),
        standing("screen", "screen", 0.15, -0.22, (0.6, 0.42, 0.05), on=0.78),
        standing("keyboard", "white", 0.15, 0.12, (0.44, 0.02, 0.15), on=0.74),
    ]


def bed() -> list[Box]:
    """Make a hospital bed: the head is at +Z."""
    return [
        standing("frame", "steel", 0.0, 0.0, (0.95, 0.45, 2.1)),
        standing("mattress", "white", 0.0, 0.0, (0.9, 0.17, 2.0), on=0.45),
        standing("blanket", "teal", 0.0, -0.35, (0.94, 0.03, 1.25), on=0.62),
        standing("fold", "linen", 0.0, 0.34, (0.94, 0.04, 0.2), on=0.62),
        standing("pillow", "linen", 0.0, 0.74, (0.6, 0.1, 0.36), on=0.62),
        standing("rail-left", "steel", -0.48, 0.25, (0.03, 0.3, 1.0), on=0.6),
        standing("rail-right", "steel", 0.48, 0.25, (0.03, 0.3, 1.0), on=0.6),
        standing("headboard", "oak", 0.0, 1.04, (0.95, 0.95, 0.06)),
    ]


def couch() -> list[Box]:
    """Make an examination couch: the head is at +Z."""
    return [
        standing("base", "steel", 0.0, 0.0, (0.5, 0.5, 1.5)),
        standing("pad", "navy", 0.0, 0.0, (0.7, 0.16, 1.95), on=0.5),
        standing("paper", "white", 0.0, 0.0, (0.5, 0.01, 1.95), on=0.66),
        standing("pillow", "linen", 0.0, 0.78, (0.46, 0.09, 0.3), on=0.67),
    ]


def curtain(length: float) -> list[Box]:
    """Make a curtain along X, in folds, hung from a rail."""
    folds = round(length / 0.16)
    step = length / folds
    hangings = [
        standing(f"fold-{n + 1}", "sage", (n + 0.5) * step - length / 2, 0.03 * (-1) ** n, (step, 2.0, 0.06), on=0.1)
        for n in range(folds)
    ]
    return [*hangings, standing("rail", "steel", 0.0, 0.0, (length, 0.03, 0.03), on=2.12)]


def monitor() -> list[Box]:
    """Make a patient monitor on its stand."""
    return [
        standing("foot", "steel", 0.0, 0.0, (0.45, 0.06, 0.45)),
        standing("pole", "steel", 0.0, 0.0, (0.05, 1.2, 0.05)),
        standing("display", "screen", 0.0, 0.0, (0.42, 0.32, 0.1), on=1.2),
        standing("trace", "sage", 0.0, -0.055, (0.36, 0.02, 0.01), on=1.36),
    ]


def cupboard(width: float = 1.2, depth: float = 0.45, height: float = 1.9) -> list[Box]:
    """Make a cupboard with two doors; they open to -Z."""
    door = (width / 2 - 0.02, height - 0.1, 0.02)
    return [
        standing("case", "white", 0.0, 0.0, (width, height, depth)),
        standing("door-left", "sage", -width / 4, -depth / 2 - 0.01, door, on=0.05),
        standing("door-right", "sage", width / 4, -depth / 2 - 0.01, door, on=0.05),
    ]


def sink() -> list[Box]:
    """Make a wash basin with its tap; one stands at -Z."""
    return [
        standing("cabinet", "white", 0.0, 0.0, (0.7, 0.82, 0.5)),
        standing("basin", "steel", 0.0, -0.03, (0.5, 0.02, 0.34), on=0.82),
        standing("tap", "steel", 0.0, 0.18, (0.04, 0.25, 0.12), on=0.82),
    ]


def trolley() -> list[Box]:
    """Make an instrument trolley."""
    return [
        standing("frame", "steel", 0.0, 0.0, (0.6, 0.8, 0.45)),
        standing("tray", "coral", 0.0, 0.0, (0.56, 0.04, 0.41), on=0.8),
        standing("box", "white", 0.12, 0.05, (0.2, 0.12, 0.15), on=0.84),
    ]


def counter(width: float) -> list[Box]:
    """Make a reception counter with two places; visitors stand at +Z."""
    wing = width / 2 - 0.35
    return [
        standing("front", "oak", 0.0, 0.35, (width, 1.05, 0.12)),
        standing("shelf", "white", 0.0, 0.35, (width + 0.1, 0.05, 0.36), on=1.05),
        standing("work-top", "oak", 0.0, -0.05, (width, 0.04, 0.7), on=0.72),
        standing("wing-left", "oak", -wing - 0.1, -0.9, (0.5, 1.05, 1.1)),
        standing("wing-right", "oak", wing + 0.1, -0.9, (0.5, 1.05, 1.1)),
        standing("screen-left", "screen", -width / 4, 0.1, (0.55, 0.4, 0.05), on=0.78),
        standing("screen-right", "screen", width / 4, 0.1, (0.55, 0.4, 0.05), on=0.78),
    ]


def kiosk() -> list[Box]:
    """Make a check-in kiosk; one stands at +Z."""
    return [
        standing("foot", "steel", 0.0, 0.0, (0.5, 0.06, 0.4)),
        standing("column", "white", 0.0, 0.0, (0.34, 1.1, 0.18)),
        standing("screen", "teal", 0.0, 0.06, (0.42, 0.34, 0.1), on=1.1),
    ]


def display(width: float) -> list[Box]:
    """Make a wall display seen from +Z."""
    return [standing("panel", "screen", 0.0, 0.0, (width, width * 9 / 16, 0.08), on=1.0)]


def rug(width: float, depth: float, colour: str = "rug") -> list[Box]:
    """Make a rug."""
    return [standing("cloth", colour, 0.0, 0.0, (width, 0.01, depth))]


def glass_screen(length: float) -> list[Box]:
    """Make a glass partition along X on a low oak base."""
    return [
        standing("base", "oak", 0.0, 0.0, (length, 0.25, 0.12)),
        standing("pane", "glass", 0.0, 0.0, (length, 1.6, 0.05), on=0.25),
    ]


def bench(width: float, row: int) -> list[Box]:
    """Make a bench of an auditorium row; rows change colour so that one finds one's own."""
    colour = ("teal", "navy", "teal", "sage")[row % 4]
    return [
        standing("seat", colour, 0.0, 0.0, (width, 0.42, 0.48)),
        standing("back", "oak", 0.0, 0.28, (width, 0.85, 0.08)),
    ]
