import json
import resource
import subprocess
import sys

CRASH = """
import resource
from server.ops.crash import leave_no_traces
from server.ops.logging import configure_logging
configure_logging()
leave_no_traces()
print(resource.getrlimit(resource.RLIMIT_CORE))
raise ValueError("Ann Example, HIV") from KeyError("Bo Example")
"""


def test_an_uncaught_exception_is_one_line_of_the_log_and_no_core_may_be_dumped() -> None:
    ended = subprocess.run([sys.executable, "-c", CRASH], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    # 0 where whoever started this had forbidden it already.
    least = min(1, resource.getrlimit(resource.RLIMIT_CORE)[1] % 2**64)
    assert ended.stdout == f"({least}, {least})\n"
    (line,) = ended.stderr.splitlines()
    told = json.loads(line)
    assert (told["event"], told["level"], told["error"]) == ("crash", "critical", "ValueError from KeyError")
    assert "Example" not in line


BESIDES = """
import sys
import threading
from server.ops.crash import leave_no_traces
from server.ops.logging import configure_logging
configure_logging()
leave_no_traces()

class Said:
    def __repr__(self):
        return "Ann Example, HIV"
    def __del__(self):
        raise ValueError("Ann Example, HIV")

def speak():
    raise KeyError("Bo Example")

Said()
thread = threading.Thread(target=speak, name="Bo Example")
thread.start()
thread.join()
quiet = threading.Thread(target=sys.exit)
quiet.start()
quiet.join()
"""


def test_what_is_raised_in_a_thread_or_where_nothing_catches_it_is_a_line_without_its_words() -> None:
    ended = subprocess.run([sys.executable, "-c", BESIDES], capture_output=True, text=True, check=True)
    told = [json.loads(line) for line in ended.stderr.splitlines()]
    assert [(each["event"], each["error"]) for each in told] == [
        ("unraisable", "ValueError"),
        ("thread_raised", "KeyError"),
    ]
    assert "Example" not in ended.stderr
