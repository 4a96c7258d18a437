import pytest
import typer

from server.typed import typed_text


@pytest.mark.parametrize("words", [None, "", "ward", "Zoë", "\U0001f3e5"])
def test_text_is_given_as_it_is(words: str | None) -> None:
    assert typed_text(words) == words


@pytest.mark.parametrize("words", ["\udcff", "ward\udc80"])
def test_bytes_that_are_no_text_are_refused(words: str) -> None:
    with pytest.raises(typer.BadParameter, match=r"^expected text in UTF-8, got bytes that are none$"):
        typed_text(words)
