"""Texts become the words by which events are told apart."""

import pytest

from frtfeed.edit.tokens import capitals, normal, plain, tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(
            "King’s Cross quietly uses face-scans", ["king", "cross", "quietly", "use", "face", "scan"], id="English"
        ),
        pytest.param("It's 2,000 staff's A1", ["it", "000", "staff", "a1"], id="digits and possessives"),
        pytest.param("Polizei prüft Straßen", ["polizei", "prüft", "strassen"], id="German"),
        pytest.param("Les caméras d’Élysée", ["les", "caméra", "d'élysée"], id="French"),
        pytest.param("Полиция использует", ["полиц", "использу"], id="Cyrillic case endings"),
        pytest.param("الشُّرطة", ["شرطه"], id="Arabic article, vowel points and letters"),
        pytest.param("שָׁלוֹם", ["שלום"], id="Hebrew points"),
        pytest.param("चेहरा पहचान", ["चेहरा", "पहचान"], id="Hindi vowel signs"),
        pytest.param("顔認証AI導入", ["顔認", "認証", "ai", "導入"], id="pairs, Latin words inside whole"),
        pytest.param("顔", ["顔"], id="a single character"),
        pytest.param("สถานี", ["สถ", "ถา", "าน", "นี"], id="Thai"),
        pytest.param("", [], id="nothing"),
        pytest.param("?! – a", [], id="nothing that tells"),
    ],
)
def test_tokens(text: str, words: list[str]) -> None:
    """Words of any script come in the form in which they are compared."""
    assert tuple(words) == tokens(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Airport", "airports"), ("King’s", "king's"), ("STRASSE", "straße"), ("Élysées", "élysée")],
)
def test_forms_of_a_word_are_one(one: str, other: str) -> None:
    """Case, plurals and apostrophes do not part a word from itself."""
    assert normal(one) == normal(other)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("The regulator told Serco to stop", {"serco"}, id="a capital inside a sentence"),
        pytest.param("NEC and ICO agree", {"nec", "ico"}, id="capitals throughout"),
        pytest.param("Police said so", set(), id="the first word says nothing"),
        pytest.param("la policía de Córdoba", {"córdoba"}, id="beyond ASCII"),
        pytest.param("полиция Москвы", {"моск"}, id="Cyrillic"),
    ],
)
def test_names(text: str, found: set[str]) -> None:
    """A name is a word with a capital where a sentence needs none."""
    assert found == {normal(word) for word in capitals(plain(text))}
