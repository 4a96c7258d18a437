"""Checkpoints are signed, and the key is its owner's alone."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from server.audit.checkpoint import Checkpoint, Signer, read_line
from server.errors import AuditStartError
from tests.support.audit import another_key

CHECKPOINT = Checkpoint(log="ab", number=0, size=3, root="cd", head="ef", time="t")


def test_a_line_reads_back_under_its_key_alone() -> None:
    signer = another_key()
    line = signer.line_of(CHECKPOINT)
    assert read_line(line, signer.public) == CHECKPOINT
    with pytest.raises(ValueError, match="did not sign"):
        read_line(line, another_key().public)
    with pytest.raises(ValueError, match="did not sign"):
        read_line(line, "no key")


def test_a_key_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "key"
    made = Signer.make(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Signer.load(file).public == made.public
    with pytest.raises(FileExistsError):
        Signer.make(file)


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "key"
    Signer.make(file)
    file.chmod(0o640)
    with pytest.raises(AuditStartError, match=r"mode 0600.*got 0640"):
        Signer.load(file)


def test_what_is_no_such_key_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.touch(0o600)
    file.write_text("no key")
    with pytest.raises(AuditStartError, match="something else"):
        Signer.load(file)
    other = generate_private_key(SECP256R1())
    file.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(AuditStartError, match="another kind"):
        Signer.load(file)
