import errno
import os
import stat
from base64 import urlsafe_b64encode
from pathlib import Path

import msgspec
import pytest

from server.audit.checkpoint import Signer
from server.errors import KeyUnusable
from server.identity.house_key import TOKEN_CHARS_MAX, HouseKey, NotOurs, OtherKey
from tests.support.disk import disk_for, owned_by


class Said(msgspec.Struct, forbid_unknown_fields=True):
    room: str


def test_what_was_signed_is_read_and_for_nothing_else() -> None:
    key = HouseKey(b"k" * 32)
    word = key.sign("a+jwt", Said("lobby"))
    assert key.read("a+jwt", word, Said) == Said("lobby")
    assert HouseKey.kind_of(word) == "a+jwt"
    with pytest.raises(NotOurs):
        key.read("b+jwt", word, Said)


def test_another_facilitys_word_is_told_from_a_forged_one() -> None:
    word = HouseKey(b"k" * 32).sign("a+jwt", Said("lobby"))
    with pytest.raises(OtherKey):
        HouseKey(b"l" * 32).read("a+jwt", word, Said)


@pytest.mark.parametrize("word", ["", "x", "a.b.c", "é.é.é", "a" * (TOKEN_CHARS_MAX + 1)])
def test_what_is_no_token_is_forged(word: str) -> None:
    with pytest.raises(NotOurs):
        HouseKey().read("a+jwt", word, Said)


def test_a_changed_letter_is_a_forgery() -> None:
    key = HouseKey()
    word = key.sign("a+jwt", Said("lobby"))
    head, body, signature = word.split(".")
    other = key.sign("a+jwt", Said("ward")).split(".")[1]
    for changed in (f"{head}.{other}.{signature}", f"{head}.{body}.", f"{head}.{body}.{signature[:-4]}AAAA"):
        with pytest.raises(NotOurs):
            key.read("a+jwt", changed, Said)


@pytest.mark.parametrize("crit", [1, [[]], None])
def test_a_header_that_is_none_is_a_forgery(crit: object) -> None:
    key = HouseKey()
    _, body, signature = key.sign("a+jwt", Said("lobby")).split(".")
    header = msgspec.json.encode({"alg": "HS256", "typ": "a+jwt", "kid": key.id, "crit": crit})
    with pytest.raises(NotOurs):
        key.read("a+jwt", f"{urlsafe_b64encode(header).rstrip(b'=').decode()}.{body}.{signature}", Said)


def key_beside(store: Path) -> HouseKey:
    key = HouseKey()
    key.keep_beside(store)
    return key


def test_the_key_beside_the_store_is_its_owners_alone_and_stays(tmp_path: Path) -> None:
    store = tmp_path / "store.sqlite3"
    key = key_beside(store)
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = key_beside(store)
    assert again.read("a+jwt", key.sign("a+jwt", Said("lobby")), Said) == Said("lobby")
    assert again.tag("account-1") == key.tag("account-1") != key.tag("account-2")


def test_a_disk_that_is_full_leaves_no_half_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", fail)
        with pytest.raises(KeyUnusable, match="No space left"):
            key_beside(tmp_path / "store.sqlite3")
        with pytest.raises(OSError, match="No space left"):
            Signer.make(tmp_path / "signing.pem")
    assert list(tmp_path.iterdir()) == []
    key_beside(tmp_path / "store.sqlite3")
    Signer.make(tmp_path / "signing.pem")


def test_a_disk_that_takes_half_of_a_key_leaves_none(tmp_path: Path) -> None:
    with disk_for(20):
        with pytest.raises(KeyUnusable, match="File too large"):
            key_beside(tmp_path / "store.sqlite3")
        with pytest.raises(OSError, match="File too large"):
            Signer.make(tmp_path / "signing.pem")
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_a_command_makes_is_the_servers_that_has_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store.sqlite3"
    store.touch()
    given = owned_by(monkeypatch, {store: 1001, tmp_path: 1002})
    key_beside(store)
    Signer.make(tmp_path / "signing.pem")
    assert given == {"store.sqlite3.house-key": 1001, "signing.pem": 1002}


def test_a_key_that_others_may_read_or_that_is_none_is_not_used(tmp_path: Path) -> None:
    store = tmp_path / "store.sqlite3"
    key_beside(store)
    (file,) = tmp_path.iterdir()
    file.chmod(0o640)
    with pytest.raises(KeyUnusable, match="0640"):
        key_beside(store)
    file.chmod(0o600)
    for content in ("", "AAAA\n", "§"):
        file.write_text(content)
        with pytest.raises(KeyUnusable, match="32 bytes"):
            key_beside(store)
    with pytest.raises(KeyUnusable, match="No such file"):
        key_beside(tmp_path / "nowhere" / "store.sqlite3")
