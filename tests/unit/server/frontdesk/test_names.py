import pytest

from server.errors import InvalidRequest
from server.frontdesk.names import NAME_CHARACTERS_MAX, clean_name


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("Ann", "Ann"),
        ("  Ann Ådahl \t\n", "Ann Ådahl"),
        ("A\u030adahl", "\u00c5dahl"),
        ("\u3000佐藤 花子\u00a0", "佐藤 花子"),
        ("محمد", "محمد"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("\U0001f469\u200d\u2695\ufe0f", "\U0001f469\u200d\u2695\ufe0f"),
        ("\U0001f468\U0001f3fd\u200d\U0001f33e", "\U0001f468\U0001f3fd\u200d\U0001f33e"),
        ("\u2764\ufe0f\u200d\U0001f525", "\u2764\ufe0f\u200d\U0001f525"),
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"),
        ("\u0d30\u0d3e\u0d2e\u0d28\u0d4d\u200d", "\u0d30\u0d3e\u0d2e\u0d28\u0d4d\u200d"),
        ("\u0dc1\u0dca\u200d\u0dbb\u0dd3", "\u0dc1\u0dca\u200d\u0dbb\u0dd3"),
        ("Yousuf", "Yousuf"),
        ("7", "7"),
        ("O'Neill-Łukasz, Dr.", "O'Neill-Łukasz, Dr."),
        ("x" * NAME_CHARACTERS_MAX, "x" * NAME_CHARACTERS_MAX),
        ("e\u0301" * NAME_CHARACTERS_MAX, "\u00e9" * NAME_CHARACTERS_MAX),
    ],
)
def test_names_of_all_scripts_are_taken_in_composed_form(given: str, taken: str) -> None:
    assert clean_name(given) == taken


@pytest.mark.parametrize("name", ["", "   ", "x" * 65, "x" * 100_000, "\u0344" * 64])
def test_a_name_has_1_to_64_characters_after_trimming_and_composing(name: str) -> None:
    with pytest.raises(InvalidRequest, match="1 to 64 characters"):
        clean_name(name)


@pytest.mark.parametrize(
    "character",
    [
        *("\x00", "\x07", "\n", "\x1b", "\x7f", "\x85"),
        *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c",
        *("\u2028", "\u2029", "\ufeff", "\u00ad", "\U000e0041", "\ue000", "\ud800", "\uffff", "\u0378"),
    ],
)
def test_characters_that_are_not_printable_are_refused_by_their_number(character: str) -> None:
    with pytest.raises(InvalidRequest, match=f"U\\+{ord(character):04X}"):
        clean_name(f"Ann{character}Ådahl")


@pytest.mark.parametrize("name", ["\u200d", "\u3164\u3164", "\u2800", "\u0301", "\ufe0f", "\u115f \u1160"])
def test_a_name_that_nobody_can_see_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest, match="can be seen"):
        clean_name(name)


INVISIBLE = [
    *(
        "A\u034f",
        "\u17b4A",
        "\u17b5A",
        "\u115fA",
        "A\u1160",
        "\ufffcA",
        "\u180b A",
        "A\u180c",
        "A\u180d",
        "A\u180f",
        "A\u3164",
        "A\uffa0",
    ),
    *(
        "A\ufe00",
        "A\ufe0f",
        "1\ufe0f",
        "\ufe0fA",
        "A\U000e0100",
        "\u845b\U000e0100",
        "A\u2800",
        "A\U0001d159",
        "A\u200b",
        "A\u2060",
    ),
]


@pytest.mark.parametrize("name", INVISIBLE)
def test_what_is_not_seen_makes_no_second_name(name: str) -> None:
    with pytest.raises(InvalidRequest, match="not printable"):
        clean_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "An\u200dn",
            "An\u200cn",
            "\u200dAnn",
            "Ann\u200d",
            "A\u0301\u200dn",
            "\u0627\u200c\u0645",
            "\u0645\u200c",
            "\u0645\u200c A",
        ),
        *("\u0645\u200d\u0645", "\u0915\u200d\u0937", "\U0001f469\u200d", "\U0001f469\u200dA", "A\u200d\u2695"),
    ],
)
def test_a_joiner_stands_only_where_it_changes_what_is_drawn(name: str) -> None:
    with pytest.raises(InvalidRequest, match=r"U\+200[CD]"):
        clean_name(name)


@pytest.mark.parametrize(
    "name", ["You", "you", "YOU", " You ", "(You)", "You:", "Y o u", "\uff39\uff4f\uff55", "\u201cYou\u201d"]
)
def test_nobody_is_called_what_everybody_reads_for_themselves(name: str) -> None:
    with pytest.raises(InvalidRequest, match="for themselves"):
        clean_name(name)


def test_the_refusal_does_not_repeat_the_name() -> None:
    with pytest.raises(InvalidRequest) as caught:
        clean_name("Ann\u202eÅdahl")
    assert "Ann" not in str(caught.value)
