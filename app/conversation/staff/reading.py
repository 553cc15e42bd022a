"""Reading a text as a member's work: a word, her PIN, a number, the rest.

Whatever else it is, it is a worker's: a member is one herself, and may complain.
"""

import re
from dataclasses import dataclass, field

from app.conversation.folding import fold
from app.conversation.reading import normal
from app.conversation.staff import vocabulary as words

# What may stand between the parts; people put in what their telephones offer.
_GAP = r"[\s:;,.#\-\u2013\u0964]"
_FORM = re.compile(
    rf"(?P<verb>[^\d]{{2,40}}?){_GAP}*(?P<pin>\d{{4,6}})(?!\d)(?P<after>.*)",
    re.DOTALL,
)
_NUMBERED = re.compile(
    rf"{_GAP}*(?P<short>\d{{1,2}})(?P<rest>(?:{_GAP}.*)?)", re.DOTALL
)
_MARKS = re.compile(r"[\s:;,.!#*\"'()\-\u2013\u0964]+")


@dataclass(frozen=True, slots=True)
class StaffText:
    """What a member texts; neither PIN nor words show in a repr."""

    verb: str
    pin: str = field(repr=False)
    short: int | None  # the number of a case in her last list
    words: str = field(repr=False)

    @property
    def may_be_workers(self) -> bool:
        """Tell whether a worker writes this too; then only the PIN says whose it is.

        "Take 5000 10 days overtime not paid", HELP and the digits of a poster, or
        SOLVED and the PIN of her own case: whatever has words of its own may be
        a complaint, and none is lost for its first word.
        """
        is_code = len(self.pin) == 6 and self.verb in (words.HELP, words.SOLVED)
        return bool(self.words) or (is_code and self.short is None)


def read_staff_text(text: str) -> StaffText | None:
    """Return what a member asks for; None where it does not begin like it."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        return None
    verb = _VERBS.get(_bare(found["verb"]))
    if verb is None:
        return None
    short, rest = None, found["after"]
    numbered = _NUMBERED.fullmatch(rest) if verb not in _UNNUMBERED else None
    if numbered is not None:
        short, rest = int(normal(numbered["short"])), numbered["rest"]
    said = re.sub(rf"^{_GAP}+", "", rest).strip()
    return StaffText(verb, normal(found["pin"]), short, said)


def _bare(phrase: str) -> str:
    """Return a phrase as the vocabulary is kept, without what may stand around."""
    said = [word for word in _MARKS.split(normal(phrase)) if word]
    while len(said) > 1 and said[-1] in _BEFORE_PIN:
        said.pop()
    return fold(" ".join(said))


_UNNUMBERED = frozenset({words.CASES, words.HELP})
_BEFORE_PIN = frozenset(normal(word) for word in words.BEFORE_PIN)
_VERBS = {
    fold(normal(word)): verb
    for verb, by_language in words.WORDS.items()
    for listed in by_language.values()
    for word in listed
}
