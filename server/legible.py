"""What can be written, what of it can be seen, and which characters pass for nothing."""

import unicodedata
from typing import Final

DEFAULT_IGNORABLE: Final = frozenset(
    map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180F, 0x3164, 0xFFA0, *range(0x180B, 0x180E)))
) | frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""The assigned characters of Unicode's property Default_Ignorable_Code_Point (DerivedCoreProperties.txt) that are
letters or marks by their category; the others are of the category Cf."""

BLANK: Final = frozenset("\u2800\ufffc\U0001d159")
"""Symbols that are drawn as nothing: the empty Braille cell, the stand-in for an object, the null notehead."""

_NOTHING: Final = DEFAULT_IGNORABLE | BLANK


def is_text(words: str) -> bool:
    """Whether words can be written in UTF-8: in some places halves of characters (surrogates) stand for what is none.

    JSON has escapes for them, and Python takes them for the bytes of a command line that are no UTF-8 (PEP 383).
    """
    return not any("\ud800" <= character <= "\udfff" for character in words)


def is_seen(character: str) -> bool:
    """Whether a character stands there by itself: a letter, a number, a sign that is drawn."""
    # A mark alone (an accent, a variation selector) has nothing to stand on.
    return unicodedata.category(character)[0] in "LNPS" and character not in _NOTHING
