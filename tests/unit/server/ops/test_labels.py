"""The labels of metrics: those of a list and no other."""

from __future__ import annotations

import pytest

from server.ops.labels import LABELS, checked_label


@pytest.mark.parametrize("label", sorted(LABELS))
def test_a_label_of_the_list_is_itself(label: str) -> None:
    assert checked_label(label) == label


@pytest.mark.parametrize("label", ["name", "subject", "room", ""])
def test_another_one_is_a_mistake(label: str) -> None:
    with pytest.raises(ValueError, match="label"):
        checked_label(label)
