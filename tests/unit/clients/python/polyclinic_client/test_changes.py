import pytest
from polyclinic_client.changes import Entity

from protocol.snapshot import pose_from_floats

UPRIGHT = (0.0, 0.0, 0.0, 1.0)


def test_an_entity_tells_metres_and_what_is_not_tracked() -> None:
    head, left = ((1.0, 1.6, -2.0), UPRIGHT), ((0.8, 1.2, -2.2), UPRIGHT)
    state = pose_from_floats(head=head, left=left, voice=0.5, seated=True, signing=True)
    entity = Entity(7, "avatar", "Ada", "clinician", "plain", state)
    assert entity.head is not None
    assert entity.left is not None
    assert entity.head[0] == pytest.approx(head[0])
    assert entity.left[0] == pytest.approx(left[0])
    assert entity.right is None
    assert entity.voice == pytest.approx(0.5, abs=0.01)
    assert entity.seated
    assert entity.signing
