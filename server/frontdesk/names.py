"""Display names: what people may call themselves and their rooms."""

import unicodedata
from typing import Final

from server.errors import InvalidRequest
from server.legible import BLANK, DEFAULT_IGNORABLE, is_seen

NAME_CHARACTERS_MAX: Final = 64

_NON_JOINER: Final = "\u200c"
_JOINER: Final = "\u200d"

_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, invisible formatting (bidirectional overrides among it), lone surrogates, private and unassigned
characters, line and paragraph separators."""

_VIRAMA: Final = 9
"""The canonical combining class of the marks of Indic scripts that take a consonant's vowel away."""

_JOINED_ON_ONE_SIDE: Final = (
    frozenset(
        map(chr, (*range(0x0622, 0x0626), 0x0627, 0x0629, *range(0x062F, 0x0633), 0x0648, *range(0x0671, 0x0674)))
    )
    | frozenset(
        map(chr, (*range(0x0675, 0x0678), *range(0x0688, 0x069A), 0x06C0, *range(0x06C3, 0x06CC), 0x06CD, 0x06CF))
    )
    | frozenset("\u0621\u06d2\u06d3\u06d5")
)
"""Arabic letters that never join the letter after them (ArabicShaping.txt, Joining_Type R and U)."""

_EMOJI_STYLE: Final = "\ufe0f"

_OWN: Final = frozenset({"you"})
"""What clients call their own wearer."""


def clean_name(name: str) -> str:
    """Bring a name to NFC without spaces around it.

    Raises `InvalidRequest` unless 1 to 64 printable characters are left, one of them to be seen and none of them there
    without being seen, and for "You", which is what clients call their own wearer. The error does not repeat the name.
    """
    # Trimmed before as well: normalising text of any length would be work for nothing.
    trimmed = name.strip()
    if len(trimmed) > 4 * NAME_CHARACTERS_MAX:
        raise _length_error(len(trimmed))
    cleaned = unicodedata.normalize("NFC", trimmed).strip()
    if not 1 <= len(cleaned) <= NAME_CHARACTERS_MAX:
        raise _length_error(len(cleaned))
    if not any(is_seen(character) for character in cleaned):
        raise InvalidRequest("a name needs at least one character that can be seen")
    for at, character in enumerate(cleaned):
        if not (_is_printable(character) or _is_needed(cleaned, at)):
            raise InvalidRequest(f"a name cannot have the character U+{ord(character):04X} here: it is not printable")
    if _letters(cleaned) in _OWN:
        raise InvalidRequest("a name cannot be the word that everybody reads for themselves")
    return cleaned


def _length_error(characters: int) -> InvalidRequest:
    return InvalidRequest(f"a name has 1 to {NAME_CHARACTERS_MAX} characters, this one {characters}")


def _is_printable(character: str) -> bool:
    if character in DEFAULT_IGNORABLE or character in BLANK:
        return False
    return unicodedata.category(character) not in _REFUSED_CATEGORIES


def _is_needed(name: str, at: int) -> bool:
    """Whether an invisible character changes how those beside it are drawn: then the name is misspelt without it.

    For joiners the rules of RFC 5892, appendix A.1 and A.2, and emoji that are made of several.
    """
    character = name[at]
    before = name[at - 1] if at > 0 else ""
    after = name[at + 1] if at + 1 < len(name) else ""
    if character in (_NON_JOINER, _JOINER) and before and unicodedata.combining(before) == _VIRAMA:
        return True
    if character == _NON_JOINER:
        return _is_arabic(before) and before not in _JOINED_ON_ONE_SIDE and _is_arabic(after)
    if character == _JOINER:
        return _is_symbol(after) and (_is_symbol(before) or before == _EMOJI_STYLE)
    return character == _EMOJI_STYLE and _is_symbol(before)


def _is_arabic(character: str) -> bool:
    return character != "" and unicodedata.name(character, "").startswith("ARABIC LETTER")


def _is_symbol(character: str) -> bool:
    # Skin tones are modifiers by their category.
    return character != "" and unicodedata.category(character) in ("So", "Sk")


def _letters(name: str) -> str:
    """Leave the letters of a name alone, small and without accents: "(YOU)!" is "you" to who hears it."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(character for character in plain if character.isalnum())
