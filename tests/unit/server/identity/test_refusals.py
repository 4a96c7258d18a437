"""What is said of an invitation, a pass or a key that opens nothing."""

import pytest

from server.errors import RequestError
from server.identity import refusals
from server.identity.refusals import InvitationError, KeyUnusable

REFUSALS = [each for each in vars(refusals).values() if isinstance(each, type) and issubclass(each, RequestError)]
REFUSALS.remove(RequestError)


def test_each_refusal_has_a_code_of_its_own_but_a_forged_invitation_that_of_any_bad_one() -> None:
    codes = [each.code for each in REFUSALS if each is not refusals.Forged]
    assert len(codes) == len(set(codes)) >= 7
    assert refusals.Forged.code == InvitationError.code


@pytest.mark.parametrize("refusal", [each for each in REFUSALS if each is not InvitationError])
def test_each_says_in_words_what_is_wrong_and_is_the_askers_affair(refusal: type[RequestError]) -> None:
    assert str(refusal())
    assert 400 <= refusal.http_status < 500


def test_a_key_that_cannot_be_used_is_named_with_its_reason() -> None:
    assert str(KeyUnusable("clinic.key", "others may read it")) == "clinic.key: others may read it"
    assert KeyUnusable.code == "key_unusable"
