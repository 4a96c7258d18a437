"""Server time as the wire carries it."""

_UINT32 = 0xFFFFFFFF
_SIGN = 0x80000000


def wire_time(now: float) -> int:
    """Seconds since the server started as the wire's clock: milliseconds, u32, wrapping (SPEC section 4)."""
    return int(now * 1000.0) & _UINT32


def seconds_since(then_ms: int, now: float) -> float:
    """Seconds since a time of the wire's clock, which wraps; below zero if it is a moment ahead of `now`."""
    elapsed = (wire_time(now) - then_ms) & _UINT32
    return (elapsed - ((elapsed & _SIGN) << 1)) / 1000.0
