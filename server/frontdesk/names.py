"""Display names: what people may call themselves and their rooms."""

import unicodedata
from typing import Final

from server.errors import InvalidRequest

NAME_CHARACTERS_MAX: Final = 64

_JOINERS: Final = frozenset("\u200c\u200d")
"""Zero-width non-joiner and joiner: Persian and Indic names are misspelt without them."""

_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, invisible formatting (bidirectional overrides among it), lone surrogates, private and unassigned
characters, line and paragraph separators."""

_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that are drawn as nothing."""


def clean_name(name: str) -> str:
    """Bring a name to NFC without spaces around it.

    Raises `InvalidRequest` unless 1 to 64 printable characters are left, one of them to be seen. The error does not
    repeat the name.
    """
    # Trimmed before as well: normalising text of any length would be work for nothing.
    trimmed = name.strip()
    if len(trimmed) > 4 * NAME_CHARACTERS_MAX:
        raise _length_error(len(trimmed))
    cleaned = unicodedata.normalize("NFC", trimmed).strip()
    if not 1 <= len(cleaned) <= NAME_CHARACTERS_MAX:
        raise _length_error(len(cleaned))
    for character in cleaned:
        if unicodedata.category(character) in _REFUSED_CATEGORIES and character not in _JOINERS:
            raise InvalidRequest(f"a name cannot have the character U+{ord(character):04X}, which is not printable")
    if not any(_is_seen(character) for character in cleaned):
        raise InvalidRequest("a name needs at least one character that can be seen")
    return cleaned


def _length_error(characters: int) -> InvalidRequest:
    return InvalidRequest(f"a name has 1 to {NAME_CHARACTERS_MAX} characters, this one {characters}")


def _is_seen(character: str) -> bool:
    # A mark alone (an accent, a variation selector) has nothing to stand on.
    return unicodedata.category(character)[0] in "LNPS" and character not in _BLANK
