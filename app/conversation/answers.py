"""What a short text answers to a question that was asked."""

from app.conversation import vocabulary as words
from app.conversation.reading import Reading, normal
from app.domain.taxonomy import Category, Conflict

_NO_TALK = 3  # a "no" with more words than this is a sentence, not an answer

_YES = frozenset(normal(w) for w in words.YES)
_NO = frozenset(normal(w) for w in words.NO)
_POLITE = frozenset(normal(w) for w in words.GREETINGS)
_DONT_KNOW = tuple(normal(w) for w in words.DONT_KNOW)
_NOT_SOLVED = tuple(normal(w) for w in words.NOT_SOLVED)
_GREETINGS = frozenset(normal(w) for w in words.GREETINGS)
_TESTS = frozenset(normal(w) for w in words.TESTS) | _GREETINGS
_TEST_MARKS = frozenset(normal(w) for w in words.TEST_MARKS)
_KEYWORDS = {
    normal(word): name for name, listed in words.KEYWORDS.items() for word in listed
}
_LANGUAGES = {normal(word): code for word, code in words.LANGUAGE_NAMES.items()}

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
    """Return the key that the text presses: its only digits, one or two."""
    digits = "".join(c if c.isdigit() else " " for c in reading.plain).split()
    if len(digits) == 1 and len(digits[0]) == 1 and len(reading.tokens) <= _NO_TALK:
        return int(digits[0])
    return None


def yes_or_no(reading: Reading) -> bool | None:
    """Return the answer, None where it is neither.

    Yes may open a sentence. No must stand alone: "no one listens to us" is
    no answer, and what follows from a No lowers the worker's protection.
    """
    pressed = choice(reading)
    if pressed is not None:
        return {1: True, 2: False}.get(pressed)
    if not reading.tokens:
        return None
    if any(word in reading.plain for word in _DONT_KNOW):
        return None
    if reading.tokens[0] in _YES and (
        len(reading.tokens) <= _NO_TALK or len(reading.tokens[0]) > 2
    ):
        return True
    said = [t for t in reading.tokens if t not in _POLITE]
    if said and len(reading.tokens) <= _NO_TALK and all(t in _NO for t in said):
        return False
    return None


def conflict(reading: Reading) -> Conflict | None:
    if choice(reading) == 3 or any(word in reading.plain for word in _DONT_KNOW):
        return Conflict.UNKNOWN
    answer = yes_or_no(reading)
    if answer is None:
        return None
    return Conflict.YES if answer else Conflict.NO


def does_not_know(reading: Reading) -> bool:
    return (
        any(word in reading.plain for word in _DONT_KNOW) or yes_or_no(reading) is False
    )


def topic(reading: Reading) -> Category | None:
    pressed = choice(reading)
    if pressed is not None and 1 <= pressed <= len(TOPIC_CHOICES):
        return TOPIC_CHOICES[pressed - 1]
    return None


def is_not_solved(reading: Reading) -> bool:
    return any(word in reading.plain for word in _NOT_SOLVED)


def language(reading: Reading, menu: tuple[str, ...]) -> str | None:
    """Return the language chosen: a key of the menu, a name, or its script."""
    pressed = choice(reading)
    if pressed is not None:
        return menu[pressed - 1] if 1 <= pressed <= len(menu) else None
    for token in reading.tokens:
        if token in _LANGUAGES:
            return _LANGUAGES[token]
    return None


def keyword(reading: Reading) -> str | None:
    """Return the keyword that the text is, codes and PINs taken out."""
    bare = " ".join(reading.tokens)
    named = _KEYWORDS.get(bare)
    if named is not None:
        # The digits of a menu or a code beside it do not make it another word.
        return named
    if reading.text.lstrip().startswith("NEW ") and len(reading.tokens) > 1:
        return "new"
    return None


def is_greeting(reading: Reading) -> bool:
    """True for an empty text too: nothing was said yet."""
    if any(c.isdigit() for c in reading.rest):
        return False
    return all(t in _GREETINGS for t in reading.tokens)


def is_test(reading: Reading) -> bool:
    tokens = reading.tokens
    return bool(tokens) and (
        all(t in _TESTS for t in tokens) and any(t in _TEST_MARKS for t in tokens)
    )


def is_bare_answer(reading: Reading) -> bool:
    """An answer to a question that nobody asked here."""
    if choice(reading) is not None and len(reading.tokens) == 0:
        return True
    return (
        bool(reading.tokens)
        and len(reading.tokens) <= _NO_TALK
        and (conflict(reading) is not None)
        and not reading.rest.strip("0123456789 ").startswith("?")
        and all(
            t in _YES or t in _NO or t in _POLITE or any(t in d for d in _DONT_KNOW)
            for t in reading.tokens
        )
    )
