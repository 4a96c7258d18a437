import socket

import pytest

from server.identity import local_names
from server.identity.local_names import in_address, is_loopback, names_of, network_addresses, own_address


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_the_loopback_address_is_known_by_any_of_its_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "clinic.example", "localhost.evil.example", ""])  # noqa: S104 - asked about
def test_everything_else_is_reached_from_elsewhere(host: str) -> None:
    assert not is_loopback(host)


def test_what_listens_on_the_loopback_address_has_no_other_names() -> None:
    assert names_of("127.0.0.1") == ("127.0.0.1", "localhost", "::1")


def test_what_listens_everywhere_has_the_machines_name_and_every_address() -> None:
    names = names_of("0.0.0.0")  # noqa: S104 - asked about
    assert socket.gethostname().lower() in names
    assert {"127.0.0.1", "localhost", "::1"} < set(names)
    assert len(names) == len(set(names))


def test_what_listens_on_one_address_has_no_others() -> None:
    names = names_of("192.0.2.7")
    assert "192.0.2.7" in names
    assert set(names) - {"192.0.2.7", "127.0.0.1", "localhost", "::1"} == {
        socket.gethostname().lower(),
        f"{socket.gethostname().lower().partition('.')[0]}.local",
    }


def test_ipv6_addresses_are_read_without_the_link_local_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = (
        "20010db8000000000000000000000007 02 40 00 80     eth0\nfe800000000000000000000000000001 02 40 20 80     eth0\n"
    )

    class File:
        def read_text(self, encoding: str) -> str:
            return lines

    monkeypatch.setattr(local_names, "_IPV6_ADDRESSES", File())
    names = names_of("::")
    assert "2001:db8::7" in names
    assert "fe80::1" not in names


def test_a_machine_without_ipv6_has_no_such_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoFile:
        def read_text(self, encoding: str) -> str:
            raise FileNotFoundError

    monkeypatch.setattr(local_names, "_IPV6_ADDRESSES", NoFile())
    assert "::1" in names_of("::")


@pytest.mark.parametrize(
    ("host", "own"),
    [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("127.0.0.1", "127.0.0.1"), ("clinic.example", "clinic.example")],  # noqa: S104 - asked about
)
def test_what_listens_everywhere_is_opened_from_here_by_the_loopback_address(host: str, own: str) -> None:
    assert own_address(host) == own


def test_others_find_what_listens_everywhere_by_addresses_of_its_family_and_first_by_that_of_the_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(local_names, "_ipv4_addresses", lambda: iter(["127.0.0.1", "172.17.0.1", "192.0.2.7"]))
    monkeypatch.setattr(local_names, "_ipv6_addresses", lambda: iter(["::1", "2001:db8::7"]))
    monkeypatch.setattr(local_names, "_outward", lambda _host: "192.0.2.7")
    assert network_addresses("0.0.0.0") == ("192.0.2.7", "172.17.0.1")  # noqa: S104 - asked about
    assert network_addresses("::") == ("2001:db8::7",)
    assert network_addresses("127.0.0.1") == network_addresses("clinic.example") == ()


def test_a_machine_that_knows_no_way_out_has_its_addresses_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_names, "_ELSEWHERE", {socket.AF_INET: "nobody", socket.AF_INET6: "nobody"})
    monkeypatch.setattr(local_names, "_ipv4_addresses", lambda: iter(["127.0.0.1", "192.0.2.7"]))
    assert network_addresses("0.0.0.0") == ("192.0.2.7",)  # noqa: S104 - asked about


def test_an_ipv6_address_stands_in_brackets_in_an_address() -> None:
    assert (in_address("::1"), in_address("clinic.example")) == ("[::1]", "clinic.example")
