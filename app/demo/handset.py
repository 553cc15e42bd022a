"""The two demo phones, and what their visitor could type."""

from dataclasses import dataclass

from app.demo.places import BANGLADESH_LINE, INDIA_LINE
from app.domain.errors import BadInput

# A visitor may put in a new SIM card and be a stranger again.
SIMS = 1_000_000


@dataclass(frozen=True, slots=True)
class Example:
    """A text to try: in its own language, and what it says in English."""

    language: str
    text: str
    means: str


@dataclass(frozen=True, slots=True)
class Handset:
    """A phone of one country; its numbers begin where no operator's do."""

    key: str
    place: str
    hotline: str
    prefix: str
    examples: tuple[Example, ...]

    def number(self, sim: int) -> str:
        """Return the phone's number with that SIM card in it."""
        if not 0 <= sim < SIMS:
            raise BadInput("there is no such SIM card")
        return f"{self.prefix}{sim:06d}"


def handsets(codes: dict[str, str]) -> dict[str, Handset]:
    """Return both phones; `codes` are the site codes by place."""
    dhaka, gazipur = codes["megher_alo"], codes["shalban"]
    tiruppur, dindigul = codes["nilavoli"], codes["thoovanam"]
    return {
        "bd": Handset(
            key="bd",
            place="Dhaka",
            hotline=BANGLADESH_LINE,
            prefix="+8801000",
            examples=(
                Example(
                    "bn",
                    f"{_bengali(dhaka)} তিন মাস ধরে ওভারটাইমের টাকা পাই না",
                    "three months without overtime pay, with the poster's digits",
                ),
                Example(
                    "bn",
                    "সুপারভাইজার প্রতিদিন গালি দেয়",
                    "the supervisor shouts abuse every day; no digits yet",
                ),
                Example(
                    "bn",
                    f"{_bengali(gazipur)} সিঁড়ির দরজা তালা দেওয়া থাকে",
                    "the door to the stairs is kept locked",
                ),
                Example(
                    "en",
                    f"{dhaka} no drinking water on the third floor",
                    "in English, on the same number",
                ),
                Example("bn", "হ্যালো, নম্বরটা কি চালু আছে?", "a test: it becomes no case"),
            ),
        ),
        "in": Handset(
            key="in",
            place="Tiruppur",
            hotline=INDIA_LINE,
            prefix="+911000",
            examples=(
                Example(
                    "ta",
                    f"{tiruppur} மூன்று மாதமாக ஓவர்டைம் பணம் தரவில்லை",
                    "three months without overtime pay, with the poster's digits",
                ),
                Example(
                    "hi",
                    f"{_devanagari(dindigul)} हॉस्टल से बाहर जाने नहीं देते",
                    "they do not let us leave the hostel",
                ),
                Example(
                    "hi",
                    f"{tiruppur} do mahine se PF ka paisa jama nahi hua",
                    "provident fund not paid in, typed in Latin letters",
                ),
                Example(
                    "en",
                    f"{tiruppur} the toilet on our floor has been shut for a week",
                    "in English, on the same number",
                ),
                Example("ta", "வணக்கம்", "a greeting: it becomes no case"),
            ),
        ),
    }


def _bengali(digits: str) -> str:
    return digits.translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯"))


def _devanagari(digits: str) -> str:
    return digits.translate(str.maketrans("0123456789", "०१२३४५६७८९"))
