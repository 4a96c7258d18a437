import pytest

from server.doorway.addresses import UNTOLD, Addresses


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ("192.0.2.7", "::ffff:192.0.2.7"),
        ("fe80::1", "fe80::2%eth0"),
    ],
)
def test_these_are_one_place(one: str, other: str) -> None:
    addresses = Addresses()
    assert addresses.of_peer(one) is not None
    assert addresses.of_peer(one) == addresses.of_peer(other)


@pytest.mark.parametrize(
    ("one", "other"), [("2001:db8:1:2::1", "2001:db8:1:3::1"), ("192.0.2.7", "192.0.2.8"), ("192.0.2.7", "2001:db8::7")]
)
def test_these_are_two(one: str, other: str) -> None:
    addresses = Addresses()
    assert addresses.of_peer(one) != addresses.of_peer(other)


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.0.0.9", "::1", "::ffff:127.0.0.1"])
def test_this_machine_counts_where_it_is_to_count(peer: str) -> None:
    assert Addresses().of_peer(peer) is None
    assert Addresses(loopback=True).of_peer(peer) is not None


def test_what_is_no_address_counts_all_the_same() -> None:
    assert Addresses().of_peer("") == Addresses().of_peer("somewhere") == UNTOLD


def test_headers_are_believed_behind_a_proxy_alone() -> None:
    assert Addresses().of_request("192.0.2.7", ["198.51.100.1"]) == "192.0.2.7"
    assert Addresses(behind_proxy=True).of_request("192.0.2.7", ["198.51.100.1"]) == "198.51.100.1"


def test_a_proxys_own_connections_are_nobodys() -> None:
    assert Addresses(behind_proxy=True).of_peer("192.0.2.7") is None


@pytest.mark.parametrize(
    "forwarded",
    [
        ["198.51.100.1"],
        ["127.0.0.1, 198.51.100.1"],
        ["203.0.113.9", "198.51.100.1"],
        ["  198.51.100.1  "],
        ["198.51.100.1:4711"],
    ],
)
def test_of_all_that_is_told_the_proxys_own_word_counts(forwarded: list[str]) -> None:
    """What stands before it, a client may have written."""
    assert Addresses(behind_proxy=True).of_request("10.0.0.1", forwarded) == "198.51.100.1"


def test_a_proxy_may_write_ports_and_brackets() -> None:
    addresses = Addresses(behind_proxy=True)
    expected = addresses.of_request("10.0.0.1", ["2001:db8:1:2::1"])
    assert addresses.of_request("10.0.0.1", ["[2001:db8:1:2::5]:443"]) == expected
    assert addresses.of_request("10.0.0.1", ["[2001:db8:1:2::5]"]) == expected


@pytest.mark.parametrize("forwarded", [[], [""], ["unknown"], ["198.51.100.1, "], ["198.51.100.1, _hidden"]])
def test_a_proxy_that_does_not_tell_frees_nobody(forwarded: list[str]) -> None:
    assert Addresses(behind_proxy=True).of_request("127.0.0.1", forwarded) == UNTOLD


def test_nobody_says_of_themselves_that_they_are_this_machine() -> None:
    assert Addresses(behind_proxy=True).of_request("127.0.0.1", ["127.0.0.1"]) == "127.0.0.1"
