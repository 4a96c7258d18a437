"""JSON answers."""

import msgspec
from starlette.responses import Response

_ENCODER = msgspec.json.Encoder()


def json_answer(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Write a value of plain types or structs as JSON."""
    return Response(_ENCODER.encode(value), status, headers, "application/json")
