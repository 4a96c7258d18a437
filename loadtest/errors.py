"""What can go wrong with a load test itself, in one line for the person who started it."""


class LoadTestError(Exception):
    """The load test cannot run or go on; the text is one line that says why and what to do."""


class ServerUnreachable(LoadTestError):
    """No server answers at the address given."""


class JoinRefused(LoadTestError):
    """The front desk or the gateway turned an avatar away; `code` is its stable code."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{detail} ({code})" if detail else code)
        self.code = code


class ScenarioInvalid(LoadTestError):
    """A scenario file says something it must not."""


class NoTraces(LoadTestError):
    """A directory holds no motion that an avatar could follow."""
