"""The small pieces that numbers and days are spoken from, and their words.

Every piece is a sound file of its own. A weekday is counted from Monday as 0;
a day is the day of the month. Figures become words here, so that no voice has
to guess how to read them.
"""

from datetime import date

DIGITS = tuple(f"digit_{n}" for n in range(10))
WEEKDAYS = tuple(f"weekday_{n}" for n in range(7))
DAYS = tuple(f"day_{n}" for n in range(1, 32))
MONTHS = tuple(f"month_{n}" for n in range(1, 13))
PIECES = (*DIGITS, *WEEKDAYS, *DAYS, *MONTHS)

SITE_PREFIX = "site_"

DIGIT_WORDS = {
    "bn": "শূন্য এক দুই তিন চার পাঁচ ছয় সাত আট নয়".split(),
    "hi": "ज़ीरो एक दो तीन चार पाँच छह सात आठ नौ".split(),
    "ta": "பூஜ்ஜியம் ஒன்று இரண்டு மூன்று நான்கு ஐந்து ஆறு ஏழு எட்டு ஒன்பது".split(),
    "en": "zero one two three four five six seven eight nine".split(),
}

_TAMIL_TWENTIES = (
    "இருபது இருபத்தொன்று இருபத்திரண்டு இருபத்துமூன்று இருபத்துநான்கு"
    " இருபத்தைந்து இருபத்தாறு இருபத்தேழு இருபத்தெட்டு இருபத்தொன்பது"
).split()

DAY_WORDS = {
    # As a date is said, "on the ninth": a bare নয় would be heard as "not".
    "bn": (
        *DIGIT_WORDS["bn"][1:5],
        *"পাঁচই ছয়ই সাতই আটই নয়ই দশই এগারোই বারোই তেরোই চৌদ্দই পনেরোই".split(),
        *"ষোলোই সতেরোই আঠারোই উনিশে বিশে একুশে বাইশে তেইশে চব্বিশে".split(),
        *"পঁচিশে ছাব্বিশে সাতাশে আটাশে উনত্রিশে ত্রিশে একত্রিশে".split(),
    ),
    "hi": (
        *DIGIT_WORDS["hi"][1:],
        *"दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस".split(),
        *"बीस इक्कीस बाईस तेईस चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस".split(),
        *"तीस इकतीस".split(),
    ),
    "ta": (
        *DIGIT_WORDS["ta"][1:],
        *"பத்து பதினொன்று பன்னிரண்டு பதிமூன்று பதினான்கு பதினைந்து".split(),
        *"பதினாறு பதினேழு பதினெட்டு பத்தொன்பது".split(),
        *_TAMIL_TWENTIES,
        *"முப்பது முப்பத்தொன்று".split(),
    ),
    "en": (
        *"first second third fourth fifth sixth seventh eighth ninth tenth".split(),
        *"eleventh twelfth thirteenth fourteenth fifteenth sixteenth".split(),
        *"seventeenth eighteenth nineteenth twentieth twenty-first".split(),
        *"twenty-second twenty-third twenty-fourth twenty-fifth".split(),
        *"twenty-sixth twenty-seventh twenty-eighth twenty-ninth".split(),
        *"thirtieth thirty-first".split(),
    ),
}

SCRIPTS = {
    "bn": range(0x0980, 0x0A00),
    "hi": range(0x0900, 0x0980),
    "ta": range(0x0B80, 0x0C00),
}


def digit_ids(digits: str) -> tuple[str, ...]:
    """Return the pieces of figures spoken one by one; other signs are passed over."""
    return tuple(f"digit_{char}" for char in digits if char in "0123456789")


def day_ids(day: date, language: str) -> tuple[str, ...]:
    """Return the pieces of a day in the order in which the language says them."""
    weekday = f"weekday_{day.weekday()}"
    month, of_month = f"month_{day.month}", f"day_{day.day}"
    if language == "ta":
        return (weekday, month, of_month)
    return (weekday, of_month, month)


def site_id(code: str) -> str:
    return f"{SITE_PREFIX}{code}"


def site_words(name: str, local_name: str, language: str) -> str:
    """Return a site's name as it is written in the language's own script.

    The local name where it is in that script, the name as it was imported
    otherwise: a speaker knows how the place is called.
    """
    script = SCRIPTS.get(language)
    if script and any(ord(char) in script for char in local_name):
        return local_name
    return name or local_name
