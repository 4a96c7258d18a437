"""Server time as the wire carries it."""

_UINT32 = 0xFFFFFFFF


def wire_time(now: float) -> int:
    """Seconds since the server started as the wire's clock: milliseconds, u32, wrapping (SPEC section 4)."""
    return int(now * 1000.0) & _UINT32
