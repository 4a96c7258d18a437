"""Subjects: who somebody is to this server, in logs, in the store and in tickets; others in a room are never told.

What a subject begins with says how its person came. The rest is hexadecimal and tells nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

GUEST: Final = "guest-"
"""Somebody without an account: another subject for each ticket, so that it stands for that, not for a person."""
ACCOUNT: Final = "account-"
"""Somebody with an account of the provider: the same subject each time."""
INVITED: Final = "invited-"
"""Somebody who used an invitation: the same subject for as long as its pass is good."""

_DIGEST_BYTES: Final = 16

SUBJECT_PATTERN: Final = rf"\A({GUEST}|{ACCOUNT}|{INVITED})[0-9a-f]{{16,32}}\Z"
SUBJECT_WORDS: Final = (
    f"{ACCOUNT}, {INVITED} or {GUEST} and 16 to 32 of 0-9 and a-f, as the list of people in a room has it"
)
"""What `SUBJECT_PATTERN` lets through, for who reads a refusal."""


def guest_subject() -> str:
    """Draw the subject of somebody whom nobody will know again."""
    return GUEST + secrets.token_hex(8)


def invited_subject() -> str:
    """Draw the subject of somebody who uses an invitation."""
    return INVITED + secrets.token_hex(16)


def account_subject(issuer: str, subject: str) -> str:
    """Give an account's subject here: of the provider's own, which may be a mail address, no letter is left."""
    return ACCOUNT + hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()[:32]


def digest_of(subject: str) -> str:
    """Give what the store has of a subject beside what it keeps of a room: 32 hexadecimal digits."""
    return hashlib.blake2b(subject.encode(), digest_size=_DIGEST_BYTES).hexdigest()


def is_guest(subject: str) -> bool:
    """Whether a subject stands for one ticket, and nobody is known again by it."""
    return subject.startswith(GUEST)


def is_account(subject: str) -> bool:
    """Whether somebody has an account of the provider."""
    return subject.startswith(ACCOUNT)


def is_invited(subject: str) -> bool:
    """Whether somebody came by an invitation."""
    return subject.startswith(INVITED)
