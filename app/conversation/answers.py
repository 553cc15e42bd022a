"""What a short text answers to a question that was asked."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from app.conversation import vocabulary as words
from app.conversation.folding import fold
from app.conversation.meaning import stems
from app.conversation.reading import Reading, normal
from app.domain.taxonomy import Category, Conflict, Reprisal

SHORT = 4  # words; more is a sentence and no mere answer
_NO_TALK = 3  # a "no" with more words than this is a sentence, not an answer


def _set(listed: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(normal(word)) for word in listed)


_YES, _YES_IF_ALONE, _NO = _set(words.YES), _set(words.YES_IF_ALONE), _set(words.NO)
_GRANTS = _set(words.GRANTS) - _NO
_POLITE = (_set(words.POLITE) | _YES_IF_ALONE) - _YES - _NO
_GREETINGS = _set(words.GREETINGS) | _YES_IF_ALONE
_TESTS = _set(words.TESTS) | _GREETINGS
_TEST_MARKS = _set(words.TEST_MARKS)
_DONT_KNOW = stems(words.DONT_KNOW)
_DONT_KNOW_WORDS = _set(word for entry in words.DONT_KNOW for word in entry.split())
_NOT_SOLVED = stems(words.NOT_SOLVED)
_INSIDERS = stems(words.INSIDERS)
_KEYWORDS = {
    " ".join(fold(normal(word)).split()): name
    for name, listed in words.KEYWORDS.items()
    for word in listed
}
_AROUND_PIN = _set(words.AROUND_PIN)
_LANGUAGES = {fold(normal(word)): code for word, code in words.LANGUAGE_NAMES.items()}
_LANGUAGE_ASKED = _set(words.LANGUAGE_ASKED) | _POLITE
_BESIDE_A_KEY = (
    _YES | _NO | _POLITE | _DONT_KNOW_WORDS | {"number", "no", "option", "press", "ans"}
)

NEEDS_PIN = ("status", "withdraw", "undo", "change")

# The spoken choices of the topic question, in the order in which they stand.
TOPIC_CHOICES: tuple[Category, ...] = (
    Category.WAGE,
    Category.HOUR,
    Category.ABUS,
    Category.GBVH,
    Category.OSHS,
    Category.CHLD,
    Category.OTHR,
)


def choice(reading: Reading) -> int | None:
    """Return the key that the text presses: its only digit.

    "2 months no pay" presses nothing: only an answer's own words may stand
    beside a key.
    """
    pressed = _only_digit(reading)
    if pressed is None or not all(t in _BESIDE_A_KEY for t in reading.folded):
        return None
    return pressed


def _only_digit(reading: Reading) -> int | None:
    digits = "".join(c if c.isdigit() else " " for c in reading.rest).split()
    if len(digits) != 1 or len(digits[0]) != 1 or not digits[0].isascii():
        return None
    return int(digits[0]) if len(reading.tokens) <= SHORT else None


def is_short(reading: Reading) -> bool:
    return len(reading.tokens) <= SHORT


def yes_or_no(reading: Reading) -> bool | None:
    """Return the answer, None where it is neither or both.

    It must stand alone but for politeness: "no one listens to us" is no
    answer, and what follows from a No lowers the worker's protection.
    """
    spoken = _spoken(reading)
    pressed = choice(reading)
    if pressed is None:
        return None if _only_digit(reading) is not None else spoken
    keyed = {1: True, 2: False}.get(pressed)
    return keyed if spoken is None or spoken == keyed else None


def _spoken(reading: Reading) -> bool | None:
    tokens = reading.folded
    if not tokens or len(tokens) > _NO_TALK or does_not_know(reading):
        return None
    said = [t for t in tokens if t not in _POLITE]
    if not said:
        return True if any(t in _YES_IF_ALONE for t in tokens) else None
    if all(t in _YES for t in said):
        return True
    return False if all(t in _NO for t in said) else None


def conflict(reading: Reading) -> Conflict | None:
    """Return what is said about committee, HR or owner; None asks again.

    A yes may open a sentence, and to name one of them is a yes; a no must be
    short and stand alone.
    """
    answer = yes_or_no(reading)
    if answer is not None:
        return Conflict.YES if answer else Conflict.NO
    if choice(reading) == 3 or (does_not_know(reading) and len(reading.tokens) <= 6):
        return Conflict.UNKNOWN
    tokens = reading.folded
    if not tokens or any(t in _NO for t in tokens):
        return None
    if tokens[0] in _YES or _INSIDERS.are_in(reading.plain):
        return Conflict.YES
    return None


def reprisal(reading: Reading) -> Reprisal | None:
    """Return whether she was made to pay for it; None asks again.

    A yes may open a sentence; a no must stand alone.
    """
    answer = yes_or_no(reading)
    if answer is not None:
        return Reprisal.YES if answer else Reprisal.NO
    if choice(reading) == 3 or (does_not_know(reading) and is_short(reading)):
        return Reprisal.UNSAID
    tokens = reading.folded
    return Reprisal.YES if tokens and tokens[0] in _YES else None


def permission(reading: Reading) -> bool | None:
    """Return whether this phone may be texted: any no in it is a no."""
    answer = yes_or_no(reading)
    if answer is not None or not reading.tokens or not is_short(reading):
        return answer
    tokens = reading.folded
    if any(t in _NO or t in ("dont", "don't") for t in tokens):
        return False
    granting = all(t in _YES or t in _GRANTS or t in _POLITE for t in tokens)
    granted = any(t in _YES or t in _GRANTS for t in tokens)
    return True if granting and granted else None


def does_not_know(reading: Reading) -> bool:
    return _DONT_KNOW.are_in(reading.plain)


def has_no_code(reading: Reading) -> bool:
    return is_short(reading) and (does_not_know(reading) or yes_or_no(reading) is False)


def topic(reading: Reading) -> Category | None:
    pressed = _only_digit(reading)
    if pressed is not None and 1 <= pressed <= len(TOPIC_CHOICES):
        return TOPIC_CHOICES[pressed - 1]
    return None


def is_not_solved(reading: Reading) -> bool:
    return _NOT_SOLVED.are_in(reading.plain)


def says_more(reading: Reading) -> bool:
    """Tell whether an answer holds words beside the answer itself."""
    return reading.has_media or any(
        t not in _BESIDE_A_KEY and t not in _GRANTS for t in reading.folded
    )


def language(reading: Reading, menu: Collection[str]) -> str | None:
    """Return the language chosen: a key of the menu, or a name alone."""
    pressed = choice(reading)
    if pressed is not None:
        listed = list(menu)
        return listed[pressed - 1] if 1 <= pressed <= len(listed) else None
    tokens = reading.folded
    if not all(t in _LANGUAGES or t in _LANGUAGE_ASKED for t in tokens):
        return None
    named = {_LANGUAGES[t] for t in tokens if t in _LANGUAGES}
    return named.pop() if len(named) == 1 else None


def language_asked(reading: Reading) -> str | None:
    """Return the language that the text asks for by its name and nothing else."""
    return language(reading, ())


def keyword(reading: Reading) -> str | None:
    """Return the keyword that the text is; digits and politeness do not count.

    Beside a picture, or the code of a place, RIGHTS is what somebody says is
    being taken, and no question.
    """
    named = _named(reading)
    if named == "rights" and (reading.has_media or reading.codes):
        return None
    return named


def right_asked(reading: Reading) -> int | None:
    """Return the key that stands beside RIGHTS; None: none, or more than one."""
    return _only_digit(reading)


def _named(reading: Reading) -> str | None:
    if not reading.tokens:
        return None
    tokens = reading.folded
    named = _KEYWORDS.get(" ".join(tokens))
    if named is not None:
        return named
    bare = [t for t in tokens if t not in _POLITE]
    named = _KEYWORDS.get(" ".join(bare))
    if named is not None:
        return named
    named = _KEYWORDS.get(" ".join(t for t in bare if t not in _AROUND_PIN))
    return named if named in NEEDS_PIN else None


def is_new_with_words(reading: Reading) -> bool:
    """NEW and the story in one text.

    In capitals, or set apart by a stop or a line or digits: "new machine is
    bad" is a story, "NEW machine is bad" asks for a case of its own.
    """
    tokens = reading.tokens
    if len(tokens) < 2 or _KEYWORDS.get(reading.folded[0]) != "new":
        return False
    after = reading.text.lstrip().partition(" ")
    is_shouted = after[0].isascii() and after[0].isupper()
    lead = reading.plain.lstrip()[len(tokens[0]) :].lstrip(" ")
    return is_shouted or lead[:1] in (*":-.,;\n\u0964\u2013", *"0123456789")


def without_frame(reading: Reading) -> Reading:
    """Take out the words around a number and a PIN: "my number is", "PIN"."""
    left = tuple(t for t in reading.tokens if fold(t) not in _AROUND_PIN)
    return replace(reading, tokens=left)


def is_greeting(reading: Reading) -> bool:
    """True for an empty text too: nothing was said yet."""
    if any(c.isdigit() for c in reading.rest):
        return False
    return all(t in _GREETINGS for t in reading.folded)


def is_test(reading: Reading) -> bool:
    tokens = reading.folded
    return (
        bool(tokens)
        and all(t in _TESTS for t in tokens)
        and any(t in _TEST_MARKS for t in tokens)
    )


def is_bare_answer(reading: Reading) -> bool:
    """An answer to a question that nobody asked here."""
    if choice(reading) is not None:
        return True
    tokens = reading.folded
    if not tokens or len(tokens) > SHORT:
        return False
    if does_not_know(reading):
        return all(t in _BESIDE_A_KEY for t in tokens)
    return yes_or_no(reading) is not None


def is_digits_only(reading: Reading) -> bool:
    """Digits and not one word: a code, a PIN, a key, or an amount of nothing."""
    found = reading.codes or reading.pins or reading.numbers
    return not reading.tokens and (
        bool(found) or any(c.isdigit() for c in reading.rest)
    )


def contact_kind(reading: Reading) -> str | None:
    """Return what kind of contact the text is; None where it has substance."""
    if reading.has_media:
        return None
    is_small = is_greeting(reading) or is_bare_answer(reading)
    if reading.codes and (is_small or is_digits_only(reading)):
        return "code"
    if is_bare_answer(reading):
        return "answer"
    if is_digits_only(reading):
        return "digits"
    if is_greeting(reading):
        return "greeting" if reading.tokens else "empty"
    return "test" if is_test(reading) else None
