"""Why connections end."""

import pytest

from protocol.ids import CloseCode
from server.errors import PolyclinicError
from server.gateway import errors


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.VersionMismatch, CloseCode.VERSION),
        (errors.HelloTimeout, CloseCode.AUTHENTICATION_TIMEOUT),
        (errors.SessionLocked, CloseCode.LOCKED),
        (errors.ResumeRefused, CloseCode.REPLAYED),
        (errors.RateLimited, CloseCode.RATE_LIMITED),
        (errors.TooManyErrors, CloseCode.TOO_MANY_ERRORS),
    ],
)
def test_each_closes_with_the_code_of_the_specification(error: type[PolyclinicError], code: CloseCode) -> None:
    assert issubclass(error, errors.SessionError)
    assert error("why").close_code == code
