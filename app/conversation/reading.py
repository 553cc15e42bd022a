"""What a text says on its face: script, digits, words. No meaning yet."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

from app.conversation import vocabulary as words
from app.conversation.folding import fold
from app.domain.reference import is_valid

_INVISIBLE = dict.fromkeys(
    [
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2065),
        0xFEFF,
        0xAD,
    ]
)
_LOOK_ALIKE = str.maketrans("OoIl|", "00111")
_SPOTTED = re.compile(
    r"(?<![^\W_])(?=[\dOoIl|]{6}(?![^\W_]))(?:\d[\dOoIl|]*|[OoIl|]\d+)"
)
_DIGITS = re.compile(r"\d+(?:[ \-\u2013\u2212]\d+)*")
# Each of the three scripts has a block of 128 code points of its own.
_BLOCK = {0x0980 >> 7: "bn", 0x0900 >> 7: "hi", 0x0B80 >> 7: "ta"}
_LANGUAGES = tuple(_BLOCK.values())


def normal(text: str) -> str:
    """Return the text for matching: NFC, lower case, nothing invisible, 0-9.

    NFC splits the Bengali and Devanagari letters that are composition
    exclusions, so that both ways to type them compare equal.
    """
    shown = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    shown = unicodedata.normalize("NFC", shown)
    plain = "".join(_ascii_digit(c) if c.isdigit() else c for c in shown)
    return _SPOTTED.sub(lambda m: m[0].translate(_LOOK_ALIKE), plain).lower()


def _ascii_digit(char: str) -> str:
    try:
        return str(unicodedata.digit(char))
    except ValueError:
        return char


@dataclass(frozen=True, slots=True)
class Reading:
    """One text, read.

    `codes` are six digits with a valid check digit that nothing in the text
    calls an amount, a date or a phone number; `pins` are six digits that can
    only be a PIN or a mistyped code; `numbers` are case numbers.
    """

    text: str
    plain: str
    script: str | None  # the language whose letters, else digits, it is written in
    language: str | None  # by script or by romanised words; None: cannot tell
    codes: tuple[str, ...]
    pins: tuple[str, ...]
    numbers: tuple[str, ...]
    rest: str  # what is left when codes, PINs and numbers are taken out
    tokens: tuple[str, ...]  # the words of `rest`
    folded: tuple[str, ...]  # the words as the vocabulary spells them
    has_media: bool = False


def read(text: str, *, has_media: bool = False) -> Reading:
    plain, typed = normal(text), unicodedata.normalize("NFC", text)
    script = script_of(typed)
    codes, pins, numbers, rest = _take_digits(plain)
    tokens = tuple(_words(rest))
    return Reading(
        text=typed,
        plain=plain,
        script=script,
        language=script or romanised(plain),
        codes=codes,
        pins=pins,
        numbers=numbers,
        rest=rest,
        tokens=tokens,
        folded=tuple(fold(token) for token in tokens),
        has_media=has_media,
    )


# Vowel signs and joiners are no letters to `re`; accents follow theirs.
_LETTER = r"(?:[^\W\d_]|[\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0951-\u0957" + (
    r"\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u09d7\u09e2\u09e3"
    r"\u0b82\u0bbe-\u0bcd\u0bd7])"
)
_WORD = re.compile(rf"{_LETTER}+(?:['\u2019]+{_LETTER}+)*")


def _words(text: str) -> list[str]:
    """Return the words: runs of letters with their vowel signs and joiners."""
    return [word.replace("\u2019", "'") for word in _WORD.findall(text)]


def script_of(text: str) -> str | None:
    """Return the language by script: by its letters, else by its digits."""
    if text.isascii():
        return None
    letters, digits = Counter[str](), Counter[str]()
    for char in text:
        code = _BLOCK.get(ord(char) >> 7)
        if code is not None:
            if char.isalpha():
                letters[code] += 1
            elif char.isdigit():
                digits[code] += 1
    for counted in (letters, digits):
        if counted:
            return max(_LANGUAGES, key=lambda code: counted[code])
    return None


def romanised(plain: str) -> str | None:
    """Return the language by its words in Latin letters; None: cannot tell."""
    tokens = [fold(token) for token in _words(plain)]
    hits = {
        code: sum(token in known for token in tokens)
        for code, known in _ROMANISED.items()
    }
    ranked = sorted(hits, key=lambda code: -hits[code])
    if hits[ranked[0]] and hits[ranked[0]] > hits[ranked[1]]:
        return ranked[0]
    return None


def _take_digits(
    plain: str,
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], str]:
    codes: list[str] = []
    pins: list[str] = []
    numbers: list[str] = []
    rest, end = [], 0
    for match in _DIGITS.finditer(plain):
        before, after = plain[: match.start()], plain[match.end() :]
        if _is_called_otherwise(before, after):
            continue
        group = re.split(r"[ \-\u2013\u2212]", match[0])
        taken = _sort_group(group, codes, pins, numbers)
        if taken:
            rest.append(plain[end : match.start()])
            rest.append(" ".join(taken.left))
            end = match.end()
    rest.append(plain[end:])
    return (
        tuple(dict.fromkeys(codes)),
        tuple(dict.fromkeys(pins)),
        tuple(dict.fromkeys(numbers)),
        " ".join("".join(rest).split()),
    )


@dataclass(frozen=True, slots=True)
class _Taken:
    left: tuple[str, ...]


def _sort_group(
    group: list[str], codes: list[str], pins: list[str], numbers: list[str]
) -> _Taken | None:
    """Sort a run of digit tokens into codes, PINs and case numbers."""
    if _is_phone(group):
        return None
    left: list[str] = []
    took = False
    i = 0
    while i < len(group):
        token, pair = group[i], "".join(group[i : i + 2])
        if len(token) == 8 and is_valid(token):
            numbers.append(token)
        elif len(token) == 4 and len(pair) == 8 and is_valid(pair):
            numbers.append(pair)
            i += 1
        elif len(token) == 6:
            (codes if is_valid(token) else pins).append(token)
        else:
            width = _spaced(group, i)
            if not width:
                left.append(token)
                i += 1
                continue
            whole = "".join(group[i : i + width])
            (codes if is_valid(whole) else pins).append(whole)
            i += width - 1
        took = True
        i += 1
    return _Taken(tuple(left)) if took else None


def _spaced(group: list[str], start: int) -> int:
    """Return how many tokens from `start` make six digits typed in pieces."""
    length = 0
    for width, token in enumerate(group[start:], 1):
        length += len(token)
        if length == 6:
            # "12 500 3" is not a code unless its check digit says so.
            whole = "".join(group[start : start + width])
            return width if width == len(group) - start or is_valid(whole) else 0
        if length > 6:
            return 0
    return 0


def _is_phone(group: list[str]) -> bool:
    """A run of ten and more digits is a phone number, unless it is a case
    number with its PIN or code."""
    whole = "".join(group)
    if len(whole) < 10:
        return False
    if len(group) == 1:
        return True
    eight = whole[:8]
    return not (
        len(whole) == 14
        and (is_valid(eight) or is_valid(whole[6:]))
        and any(len(token) == 6 for token in group)
    )


def _is_called_otherwise(before: str, after: str) -> bool:
    """Tell whether the words around call the digits an amount, date or phone."""
    lead = before.rstrip(" :=-")
    if lead.endswith(_SIGNS) or re.search(r"\d[.,/]$", before):
        return True
    if re.match(r"[.,/]\d|/-|\s*[\u09f3\u20b9]", after):
        return True
    last = _last_word(lead.rstrip("."))
    if last in _MONEY or _starts(last, _MONEY_STEMS):
        return True
    if last in _NAMED_BEFORE or _starts(_last_word(lead), _PHONE_STEMS):
        return not lead.endswith(".")
    first = (_words(after[:24]) or [""])[0] if after[:2].strip(" .") else ""
    return first in _MONEY or _starts(first, _MONEY_STEMS)


def _last_word(lead: str) -> str:
    """Return the word that ends `lead`; blank where it ends otherwise."""
    if not lead or not (lead[-1].isalpha() or unicodedata.category(lead[-1])[0] == "M"):
        return ""
    return _words(lead[-24:])[-1]


_ROMANISED = {
    code: frozenset(fold(word) for word in listed)
    for code, listed in words.ROMANISED.items()
}
_SIGNS = ("\u09f3", "\u20b9", "$", "+")
_MONEY = frozenset(w for w in words.MONEY if w.isascii() and w.isalpha()) | {
    normal(w) for w in words.MONEY if w in ("रु", "ரூ")
}
_MONEY_STEMS = tuple(
    normal(w) for w in words.MONEY if not w.isascii() and len(normal(w)) > 3
)
_NAMED_BEFORE = frozenset(normal(w) for w in (*words.DATES, *words.PHONES))
_PHONE_STEMS = tuple(normal(w) for w in words.PHONES if not w.isascii())


def _starts(word: str, stems: tuple[str, ...]) -> bool:
    return bool(word) and word.startswith(stems)
