import pytest

from server.config import ServerSettings
from server.errors import OriginRefused
from server.identity import origins
from server.identity.origins import NATIVE, Origins, own_origins
from tests.support.origins import LISTED, REFUSED


@pytest.mark.parametrize("origin", LISTED)
def test_a_page_of_an_origin_on_the_list_is_known(origin: str) -> None:
    assert Origins(LISTED).check([origin]) == origin


@pytest.mark.parametrize("variant", REFUSED)
def test_whatever_only_looks_like_it_is_refused(variant: str) -> None:
    with pytest.raises(OriginRefused) as refused:
        Origins(LISTED).check(REFUSED[variant])
    assert "evil" not in refused.value.detail


def test_there_are_as_many_variants_as_promised() -> None:
    assert len({*REFUSED.values()}) >= 30


def test_a_client_that_is_no_page_has_no_origin() -> None:
    assert Origins().check([]) == NATIVE


def test_an_empty_list_has_no_page() -> None:
    with pytest.raises(OriginRefused):
        Origins().check(["http://127.0.0.1:8080"])


def test_the_list_may_grow() -> None:
    origins = Origins()
    origins.allow(["https://clinic.example"])
    assert origins.check(["https://clinic.example"]) == "https://clinic.example"


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("https://clinic.example:443", "https://clinic.example"),
        ("http://clinic.example:80", "http://clinic.example"),
        ("http://clinic.example:443", "http://clinic.example:443"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_a_port_that_goes_without_saying_may_be_listed(listed: str, said: str) -> None:
    assert Origins([listed]).check([said]) == said


def test_a_front_desk_on_the_loopback_address_has_its_three_names() -> None:
    assert set(own_origins("127.0.0.1", 8080, secure=False)) == {
        "http://127.0.0.1:8080",
        "http://localhost:8080",
        "http://[::1]:8080",
    }


def test_a_front_desk_on_one_address_has_that_one_too() -> None:
    own = own_origins("192.0.2.7", 8080, secure=True)
    assert "https://192.0.2.7:8080" in own
    assert all(origin.startswith("https://") for origin in own)


def test_a_proxy_before_the_world_is_taken_to_serve_the_front_desk_as_well() -> None:
    own = own_origins("127.0.0.1", 8080, secure=False, world_url="wss://Clinic.example/world")
    assert "https://clinic.example" in own
    own = own_origins("127.0.0.1", 8080, secure=False, world_url="ws://clinic.example:8081/world")
    assert "http://clinic.example:8081" in own


def test_people_are_sent_to_where_other_machines_find_a_front_desk_that_listens_everywhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found: tuple[str, ...] = ("192.0.2.7", "172.17.0.1")
    monkeypatch.setattr(origins, "network_addresses", lambda _host: found)
    everywhere = ServerSettings(host="0.0.0.0", behind_proxy=True)  # noqa: S104 - asked about
    front_desk = Origins()
    front_desk.allow_own(everywhere, 8080, secure=False)
    assert front_desk.home == "http://192.0.2.7:8080"
    found = ()
    alone = Origins()
    alone.allow_own(everywhere, 8080, secure=False)
    assert alone.home == "http://127.0.0.1:8080"
