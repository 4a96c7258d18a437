"""The rights are those of the specification, in its order."""

import re
from pathlib import Path

from protocol.rights import Right

SPEC = Path(__file__).parents[3] / "protocol/SPEC.md"


def test_the_specification_names_each_right_in_the_order_in_which_they_are_told() -> None:
    section = re.search(r"^### 7\.1 Rights$(.*?)^### ", SPEC.read_text(), re.MULTILINE | re.DOTALL)
    assert section is not None
    sentence = re.search(r"The rights are (.*?)\. Of who", section[1], re.DOTALL)
    assert sentence is not None
    assert re.findall(r"`(\w+)`", sentence[1]) == [right.value for right in Right]
