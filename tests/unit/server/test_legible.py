"""What can be written, and what of it can be seen."""

import pytest

from server.legible import is_seen, is_text


@pytest.mark.parametrize("words", ["", "ward", "Zoë", "\ud7ff\ue000", "\U0001f3e5"])
def test_what_utf_8_has_is_text(words: str) -> None:
    assert is_text(words)
    assert words.encode().decode() == words


def test_half_a_character_is_no_text() -> None:
    for half in map(chr, (0xD800, 0xDC80, 0xDFFF)):
        assert not is_text(f"ward{half}")


@pytest.mark.parametrize("character", ["a", "é", "7", "?", "漢", "ع", "€", "😀", "_"])
def test_letters_numbers_and_signs_are_seen(character: str) -> None:
    assert is_seen(character)


@pytest.mark.parametrize(
    "character",
    [
        "\0",
        "\x1b",
        " ",
        "\u00a0",
        "\u0301",
        "\u200b",
        "\u200d",
        "\u202e",
        "\ufe0f",
        "\u034f",
        "\u17b4",
        "\u115f",
        "\u2800",
        "\ufffc",
    ],
)
def test_controls_spaces_marks_alone_and_what_is_drawn_as_nothing_are_not(character: str) -> None:
    assert not is_seen(character)
