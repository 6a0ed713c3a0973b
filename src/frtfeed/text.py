"""
Text as it should have been: decoded, repaired, without what XML and readers cannot take.

The only home of ftfy.
"""

import re
import unicodedata

__all__ = ["are_joined", "decode", "excerpt", "fold", "one_line", "printable", "repair", "words"]

# Characters that XML 1.0 §2.2 forbids, the C1 controls (Gmail clips mail that holds one),
# and the byte order mark inside a text.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")
# U+202A..E and U+2066..9 turn the text that follows them around: a title must not reach past its end.
JOINER = "\u200d"
JOINED = frozenset((JOINER, "\ufe0e", "\ufe0f", "\u20e3", *map(chr, range(0x1F3FB, 0x1F400))))  # skin tones
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
POSSESSIVE = re.compile(r"'s?$")
# ASCII letters and digits in lower case, all else between words.
ASCII_LOWER = "".join(char.lower() if char.isalnum() else " " for char in map(chr, range(128)))
BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
MARKS = tuple(bom for bom, _ in BOMS)


def _thai_bytes() -> dict[str, int]:
    """
    Map characters to the byte they stood for when UTF-8 was read as windows-874.

    Its holes were filled from windows-1252, and what is left open there by the C1 controls
    (WHATWG Encoding Standard, both indexes).
    """
    table = {chr(byte): byte for byte in range(0x80, 0xA1)}
    for encoding in ("cp1252", "cp874"):  # the second wins where both define a byte
        for byte in range(0x80, 0x100):
            try:
                table[bytes([byte]).decode(encoding)] = byte
            except UnicodeDecodeError:
                continue
    return table


# A wrong decoding makes of one character two or more beyond ASCII, side by side; of few, one of these and a space.
# The look behind stands for a branch, since what begins with one class of characters is found three times as fast.
SUSPECT = re.compile("[^\x00-\x7f](?:[^\x00-\x7f]|(?<=[\x80-\x9fŒœÃÂ]))")
THAI_BYTES = _thai_bytes()
_SYMBOLS = "".join(sorted(char for char, byte in THAI_BYTES.items() if byte < 0xA0))
_TRAILERS = "".join(sorted(char for char, byte in THAI_BYTES.items() if byte < 0xC0))
# What no Thai writer writes: the digit zero before Ÿ (F0 9F: every emoji), the leading vowel โ
# before a sign (E2 80..9F: punctuation, dingbats), and ๏ธ (EF B8: an emoji's variation selector)
# behind one of them. All that follows them as UTF-8 would is part of the damage.
THAI_DAMAGE = re.compile(
    f"(?:๐Ÿ[{re.escape(_TRAILERS)}]{{0,2}}|โ[{re.escape(_SYMBOLS)}][{re.escape(_TRAILERS)}]?)"
    f"(?:๐Ÿ[{re.escape(_TRAILERS)}]{{0,2}}|โ[{re.escape(_SYMBOLS)}][{re.escape(_TRAILERS)}]?"
    f"|๏ธ[{re.escape(_SYMBOLS)}]?)*"
)
# ย before a no-break space is C2 A0, a no-break space; a Thai word may end in ย, so not behind a Thai letter.
THAI_NBSP = re.compile("(?<![\u0e01-\u0e4e])ย\u00a0")


def decode(content: bytes) -> tuple[str, str]:
    """
    Read a file's bytes as text, whatever their line ends.

    Returns:
        The text with "\\n" line ends, and the name of the encoding if it was not UTF-8, else "".

    Raises:
        ValueError: not text (NUL bytes without a UTF-16 or UTF-32 mark).
    """
    encoding, at = _marked(content)
    if encoding not in ("", "utf-8"):  # one that breaks off inside a character still is what its mark says
        return _unix(content[at:].decode(encoding, errors="replace")), encoding
    if b"\x00" in content:
        raise ValueError("not a text file")
    try:
        return _unix(content[at:].decode()), ""
    except UnicodeDecodeError:
        # Every byte means something in latin-1; cp1252 is what such files nearly always are.
        return _unix(content[at:].decode("cp1252", errors="replace")), "cp1252"


def repair(text: str) -> tuple[str, str]:
    """
    Undo damage by a wrong decoding: cp1252 and its kin (ftfy), and windows-874.

    Quotes stay as they were. Real Thai text stays.

    Returns:
        The text in NFC without forbidden characters, and what was done in a few words,
        "" when nothing was.
    """
    if text.isascii() or not SUSPECT.search(text):
        cleaned = printable(text)
        return unicodedata.normalize("NFC", cleaned), "" if cleaned == text else "control characters removed"
    done = []
    mended, lost = _repair_thai(text)
    if mended != text:
        done.append("damaged Thai code page text dropped" if lost else "Thai code page undone")
    fixed = _fix_encoding(mended)
    if fixed != mended:
        done.append("wrong decoding undone")
    cleaned = printable(fixed)
    if cleaned != fixed:
        done.append("control characters removed")
    return unicodedata.normalize("NFC", cleaned), ", ".join(done)


def printable(text: str) -> str:
    """Drop what XML forbids, C1 controls, and the controls that turn the text after them around."""
    if text.isprintable():
        return text
    return BIDI_CONTROLS.sub("", FORBIDDEN.sub("", text))


def one_line(text: str) -> str:
    """Fold every run of white space, no-break spaces included, into one space."""
    if text.isprintable() and "  " not in text and text == text.strip(" "):  # no white space but single spaces
        return text
    return " ".join(text.split())


def excerpt(text: str, *, limit: int) -> str:
    """Cut a text to at most limit characters, between words, with an ellipsis where something went."""
    text = one_line(text)
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    if text[limit - 1] != " " and " " in cut[limit // 2 :]:
        cut = cut.rpartition(" ")[0]
    while cut and are_joined(text[len(cut) - 1], text[len(cut)]):
        cut = cut[:-1]
    return cut.rstrip(" ,;:.…-–—") + "…"


def are_joined(before: str, after: str) -> bool:
    """Tell whether two characters are drawn as one: a letter and its mark, "👩‍👩‍👧", a flag's two halves (UAX 29)."""
    if before.isascii() and after.isascii():
        return False
    flags = all("\U0001f1e6" <= char <= "\U0001f1ff" for char in (before, after))
    return flags or before == JOINER or after in JOINED or bool(unicodedata.combining(after))


def fold(text: str) -> str:
    """Return the form in which texts are compared: compatibility forms, case and apostrophes folded."""
    if text.isascii():
        return text.lower().replace("-", " ")
    folded = unicodedata.normalize("NFKC", text).casefold()
    return folded.replace("’", "'").replace("‘", "'").replace("-", " ").replace("‑", " ").replace("–", " ")


def words(text: str) -> list[str]:
    """Return the words of a text as compared: folded, possessive 's gone, hyphens apart."""
    if text.isascii() and "'" not in text:
        return text.translate(ASCII_LOWER).split()  # a third of the time
    return [POSSESSIVE.sub("", word) if "'" in word else word for word in WORD.findall(fold(text))]


def _marked(content: bytes) -> tuple[str, int]:
    """Return the encoding that a mark at the beginning names, and the mark's length."""
    if not content.startswith(MARKS):
        return "", 0
    return next((name, len(bom)) for bom, name in BOMS if content.startswith(bom))


def _unix(text: str) -> str:
    """Return a text with "\\n" line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _repair_thai(text: str) -> tuple[str, bool]:
    """Undo windows-874 damage; tell whether a run had lost bytes and was dropped."""
    lost = False

    def mend(run: re.Match[str]) -> str:
        nonlocal lost
        try:
            return bytes(THAI_BYTES[char] for char in run[0]).decode()
        except UnicodeDecodeError:
            lost = True
            return ""

    return THAI_NBSP.sub("\u00a0", THAI_DAMAGE.sub(mend, text)), lost


def _fix_encoding(text: str) -> str:
    """Let ftfy undo cp1252 and its kin; nothing else of what it can do."""
    import ftfy  # 40 ms, and most texts are ASCII

    return ftfy.fix_encoding(text)
