"""What in a worker's words may tell who she is: marked by rule, for a person to see.

The rules only point: the partner reads the words and decides. They would rather
mark too much than too little, and a piece that is not marked may still tell.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import digit


class Why(StrEnum):
    """What a marked piece may be."""

    PHONE = "phone"
    NUMBER = "number"  # a long run of digits, an amount
    CARD = "card"  # of an employee, a card, a token
    DATE = "date"
    TIME = "time"
    PLACE = "place"  # a machine, line, floor, unit, table
    NAME = "name"
    FAMILY = "family"
    AGE = "age"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Mark:
    """One piece of a text, from `start` up to `end`."""

    start: int
    end: int
    why: Why


@dataclass(frozen=True, slots=True)
class Piece:
    """A text cut at its marks; `why` is None between them."""

    text: str
    why: Why | None


TAKEN_OUT = "[…]"
_SHORTEST_NAME = 3

# `\w` does not know the vowel signs of our scripts: a letter is what stands here.
_LETTER = (
    "[A-Za-z\u00c0-\u024f\u0900-\u0963\u0970-\u09e3\u09f0-\u0be3\u0bf0-\u0bff"
    "\u200c\u200d]"
)
_BEFORE = f"(?<!{_LETTER})"
_AFTER = f"(?!{_LETTER})"
_WORD = f"{_LETTER}{{2,}}"


def _one_of(words: str) -> str:
    """Return a pattern for any of these words, the longest first."""
    found = sorted(words.split("|"), key=len, reverse=True)
    return "(?:" + "|".join(re.escape(w.strip()) for w in found if w.strip()) + ")"


_NO = (
    r"(?:\s*(?:no\.?|nr\.?|num(?:ber)?|nombor|nambar|nombar|code|#|:|নম্বর|নাম্বার|নং"
    r"|नंबर|नम्बर|नं\.?|எண்|நம்பர்))?"
)
_NUMERALS = _one_of(
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|first|second|third"
    "|fourth|fifth|sixth|seventh|ground|top|ek|dui|tin|teen|char|panch|paanch|chhoy"
    "|choy|chhe|shat|saat|sat|aat|aath|noy|nau|dosh|das|do|onnu|rendu|moonu|naalu|anju"
    "|এক|দুই|তিন|চার|পাঁচ|ছয়|ছয়|সাত|আট|নয়|নয়|দশ|প্রথম|দ্বিতীয়|দ্বিতীয়|তৃতীয়|তৃতীয়|নিচ"
    "|एक|दो|तीन|चार|पाँच|पांच|छह|सात|आठ|नौ|दस|पहली|पहले|दूसरी|दूसरे|तीसरी|तीसरे|चौथी|निचली"
    "|ஒன்று|இரண்டு|மூன்று|நான்கு|ஐந்து|ஆறு|ஏழு|எட்டு|ஒன்பது|பத்து|முதல்|இரண்டாம்|மூன்றாம்"
    "|நான்காம்|இரண்டாவது|மூன்றாவது|நான்காவது"
)
_ORDINALS = _one_of("st|nd|rd|th|ম|য়|য়|র্থ|ষ্ঠ|তম|ला|री|रा|थी|वीं|वां|वें|வது|ஆவது|ஆம்|ம்")
_NUMERAL = rf"(?:(?<!\d)\d{{1,6}}{_ORDINALS}?\s?[A-Za-z]?{_AFTER}|{_NUMERALS}{_AFTER})"
_PLACES = _one_of(
    "line|lines|machine|machines|floor|unit|table|building|block|gate|shed|section"
    "|batch|bay|module|frame|loom|room|shift|hall|lain|mesin|mashin|flor|tola|tala"
    "|manzil|maadi|madi"
    "|লাইন|লাইনে|লাইনের|মেশিন|মেশিনে|মেশিনের|তলা|তলায়|তলায়|তলার|ফ্লোর|ফ্লোরে|ফ্লোরের|ইউনিট"
    "|ইউনিটে|টেবিল|টেবিলে|বিল্ডিং|ভবন|গেট|সেকশন|সেকশনে|শিফট|রুম|রুমে"
    "|लाइन|लाईन|मशीन|मंज़िल|मंज़िल|मंजिल|फ्लोर|फ़्लोर|यूनिट|टेबल|बिल्डिंग|इमारत|गेट|सेक्शन|शिफ्ट|शिफ़्ट|कमरा"
    "|लूम|लाइन में"
    "|லைன்|லைனில்|மெஷின்|மெஷினில்|இயந்திரம்|மாடி|மாடியில்|தளம்|யூனிட்|யூனிட்டில்|டேபிள்|மேஜை"
    "|கட்டிடம்|கேட்|பிரிவு|ஷிப்ட்|ஷிஃப்ட்|அறை"
)
_MONTHS = _one_of(
    "january|february|march|april|may|june|july|august|september|october|november"
    "|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
    "|জানুয়ারি|জানুয়ারি|ফেব্রুয়ারি|ফেব্রুয়ারি|মার্চ|এপ্রিল|মে|জুন|জুলাই|আগস্ট|সেপ্টেম্বর|অক্টোবর"
    "|নভেম্বর|ডিসেম্বর"
    "|जनवरी|फरवरी|फ़रवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर|अक्टूबर|नवंबर|दिसंबर"
    "|ஜனவரி|பிப்ரவரி|மார்ச்|ஏப்ரல்|மே|ஜூன்|ஜூலை|ஆகஸ்ட்|செப்டம்பர்|அக்டோபர்|நவம்பர்|டிசம்பர்"
)
_HOURS = _one_of(
    "am|pm|a.m.|p.m.|a.m|p.m|o'clock|o’clock|baje|bajey|ta|tay|mani|manikku"
    "|টা|টায়|টায়|টার|বাজে|ঘটিকা|ঘটিকায়|बजे|மணி|மணிக்கு|மணியளவில்"
)
_CARDS = _one_of(
    "id|i.d.|card|id card|employee|emp|token|punch|pf|esi|uan|nid|aadhaar|aadhar"
    "|passport|badge|roll|operator"
    "|আইডি|কার্ড|টোকেন|পাঞ্চ|এনআইডি|পরিচয়পত্র|आईडी|कार्ड|टोकन|पंच|आधार|पहचान पत्र"
    "|அட்டை|டோக்கன்|ஐடி|ஆதார்|கார்டு"
)
# These stand before a name; what follows them is hardly anything else.
_TITLES = _one_of(
    "mr|mrs|ms|miss|md|mohd|dr|shri|sri|smt|mst|most|janab|thiru|thirumathi"
    "|জনাব|জনাবা|মোঃ|মো.|মোছাঃ|মোসাঃ|বেগম|श्री|श्रीमती|सुश्री|मो.|திரு|திருமதி|செல்வி"
)
# These are what somebody is; a name often stands right behind.
_POSTS = _one_of(
    "supervisor|manager|incharge|in-charge|line chief|linechief|chief|boss|owner|gm|pm"
    "|hr|foreman|master|mistri|director"
    "|সুপারভাইজার|সুপারভাইজর|ম্যানেজার|লাইনচিফ|লাইন চিফ|ইনচার্জ|মালিক|পিএম|জিএম"
    "|सुपरवाइज़र|सुपरवाइजर|मैनेजर|मास्टर|इंचार्ज|मालिक"
    "|சூப்பர்வைசர்|மேனேஜர்|மேலாளர்|மேற்பார்வையாளர்|முதலாளி"
)
# These stand behind a name.
_CALLED = _one_of(
    "bhai|bhaiya|bhaia|apa|apu|sir|madam|maam|ma'am|didi|dada|ji|saheb|sahib|babu|anna"
    "|annan|akka|amma|uncle|aunty|khala|mama|chacha"
    "|ভাই|ভাইয়া|ভাইয়া|আপা|আপু|স্যার|ম্যাডাম|দিদি|দাদা|সাহেব|খালা|চাচা|বাবু"
    "|भाई|भैया|दीदी|सर|मैडम|जी|साहब|बाबू|चाचा"
    "|அண்ணா|அண்ணன்|அக்கா|சார்|மேடம்|அம்மா|ஐயா"
)
_MINE = _one_of(
    "my|our|amar|amader|mera|meri|mere|hamara|hamari|en|ennoda|enathu"
    "|আমার|আমাদের|मेरा|मेरी|मेरे|हमारा|हमारी|हमारे|என்|என்னுடைய|எனது|எங்கள்"
)
_KIN = _one_of(
    "husband|wife|brother|sister|son|daughter|father|mother|uncle|aunt|cousin|in-law"
    "|sister-in-law|brother-in-law|mother-in-law|father-in-law|niece|nephew|fiance"
    "|boyfriend|girlfriend|child|baby|twins"
    "|shami|swami|bou|bhai|bon|chele|meye|baba|ma|pati|patni|beta|beti|bhabhi|behen"
    "|kanavar|manaivi|thambi|thangai|magan|magal|appa|amma|anna|akka"
    "|স্বামী|স্বামীর|বউ|স্ত্রী|ভাই|ভাইয়ের|বোন|বোনের|ছেলে|মেয়ে|মেয়ে|বাবা|মা|ননদ|দেবর|ভাবি|শাশুড়ি|খালা"
    "|पति|पत्नी|भाई|बहन|बेटा|बेटी|पिता|माँ|मां|भाभी|ननद|देवर|सास|चाचा|मौसी"
    "|கணவர்|கணவன்|மனைவி|அண்ணன்|தம்பி|அக்கா|தங்கை|மகன்|மகள்|அப்பா|அம்மா|மாமா|அத்தை|குழந்தை"
)
_YEARS = _one_of(
    "years old|year old|years of age|yrs old|yrs|saal ki|saal ka|bochor"
    "|বছর|বছরের|বৎসর|साल|साल की|साल का|वर्ष|வயது|வயதான"
)

# What stands behind a name and is none: there the name has ended.
_NO_NAME = _one_of(
    "আমাকে|আমার|আমাদের|আমি|আমরা|তাকে|সে|তিনি|ওকে|কে|এর|ও|এবং|আর|না|যে|কি|খুব|সব|সবাই|সবাইকে|রোজ"
    "|প্রতিদিন|আজ|কাল|গতকাল|গালি|গায়ে|গায়ে|হাত|মারে|মেরেছে|করে|করেছে|করেন|বলে|বলেছে|বলেন|দেয়|দেয়"
    "|দেয়নি|দেয়নি|দিয়েছে|দিয়েছে|ধরে|টাকা|বেতন|কাজ|থেকে|জন্য|সাথে|কাছে|ভাই|আপা|সাহেব|স্যার|ম্যাডাম"
    "|ने|को|से|का|की|के|मुझे|मुझको|मैं|मेरा|मेरी|मेरे|हम|हमें|हमको|हमारा|हमारी|हमारे|और|या|पर|में|नहीं"
    "|है|हैं|था|थी|थे|बहुत|सब|सबको|रोज|रोज़|आज|कल|गाली|गालियाँ|हाथ|मारा|मारता|बोलता|बोला|कहा|कहता"
    "|कहते|करता|करते|किया|देता|देते|पैसे|पैसा|काम|वेतन|साथ|पास|भाई|दीदी|जी|सर|मैडम|साहब"
    "|என்னை|எனக்கு|என்|நான்|நாங்கள்|எங்களை|எங்கள்|எங்களுக்கு|அவர்|அவரை|அவன்|மற்றும்|என்று|இல்லை"
    "|மிகவும்|எல்லோரையும்|தினமும்|இன்று|நேற்று|திட்டினார்|திட்டுகிறார்|அடித்தார்|அடிக்கிறார்|சொன்னார்"
    "|சொல்கிறார்|தருவதில்லை|பணம்|சம்பளம்|வேலை|கை|மேல்|இடம்|அண்ணா|அக்கா|சார்|மேடம்"
)
_OURS = "[\u0900-\u0963\u0970-\u09e3\u09f0-\u0be3\u0bf0-\u0dff\u200c\u200d]{2,}"
# A surname: large in Latin letters, in ours any word that is no common one.
_MORE = rf"(?:\s+[A-Z](?:[a-z'’-]+{_AFTER}|\.))*"
_OUR_NAME = rf"(?:(?!{_NO_NAME}{_AFTER}){_OURS}(?:\s+(?!{_NO_NAME}{_AFTER}){_OURS})?)"

_ANY_CASE: tuple[tuple[Why, str], ...] = (
    (Why.DATE, r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2})(?!\d)"),
    (Why.MAIL, r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)*"),
    (Why.PHONE, r"\+?\d(?:[ \t().\-/]{0,2}\d){6,}"),
    (Why.DATE, r"\d{1,4}[./-]\d{1,2}(?:[./-]\d{2,4})?"),
    (
        Why.CARD,
        rf"{_BEFORE}{_CARDS}{_AFTER}{_NO}\s*[-:#]?\s*[A-Za-z]{{0,4}}[-/]?\d+"
        rf"(?:[-/]\d+)*",
    ),
    (Why.CARD, rf"{_BEFORE}[A-Za-z]{{1,4}}(?:-\d+|\d{{2,}})"),
    (Why.DATE, rf"\d{{1,2}}(?:st|nd|rd|th)?\s*(?:of\s+)?{_MONTHS}{_AFTER}"),
    (Why.DATE, rf"{_BEFORE}{_MONTHS}{_AFTER}\s*\d{{1,2}}(?:st|nd|rd|th)?"),
    (Why.TIME, r"\d{1,2}[:.]\d{2}(?!\d)"),
    (Why.TIME, rf"\d{{1,2}}(?:[:.]\d{{2}})?\s*{_HOURS}{_AFTER}"),
    (Why.AGE, rf"\d{{1,2}}\s*{_YEARS}{_AFTER}"),
    (Why.NUMBER, r"\d{1,3}(?:,\d{2,3})+"),
    (Why.NUMBER, r"\d{4,}"),
    (
        Why.PLACE,
        rf"{_BEFORE}{_PLACES}{_NO}\s*[-:#]?\s*(?:{_NUMERAL}|[A-Z]{_AFTER})",
    ),
    (Why.PLACE, rf"{_BEFORE}{_NUMERAL}{_NO}\s*[-]?\s*{_PLACES}{_AFTER}"),
    (Why.NAME, rf"{_BEFORE}{_WORD}\s+{_CALLED}{_AFTER}"),
    (Why.NAME, rf"{_BEFORE}(?:sir|madam)\s+{_WORD}"),
    (Why.FAMILY, rf"{_BEFORE}{_MINE}\s+(?:{_LETTER}+\s+)?{_KIN}{_AFTER}"),
)
_RULES: tuple[tuple[Why, re.Pattern[str]], ...] = (
    *((why, re.compile(rule, re.IGNORECASE)) for why, rule in _ANY_CASE),
    # In Latin letters a name is written large; our other scripts know no such thing.
    (
        Why.NAME,
        re.compile(
            rf"{_BEFORE}(?:(?i:{_TITLES})[.:]?\s+)+(?:{_OUR_NAME}|{_WORD}{_MORE})"
        ),
    ),
    (
        Why.NAME,
        re.compile(
            rf"{_BEFORE}(?i:{_POSTS})\s+(?:[A-Z][a-z]+{_MORE}|{_OUR_NAME}|{_OURS})"
        ),
    ),
    (Why.NAME, re.compile(rf"{_BEFORE}(?:[A-Z][a-z]+\s+)+(?i:{_CALLED}){_AFTER}")),
)


def marks(
    text: str, names: Iterable[str] = (), *, site: str | None = None
) -> tuple[Mark, ...]:
    """Return what may tell who she is, in order; no two marks overlap.

    `names`: how the people of her place are called. Of rules that meet in one
    piece the one that marked first gives the reason. `site`: the code of her place,
    which hangs on its wall for everybody and tells nothing.
    """
    found = [
        Mark(match.start(), match.end(), why)
        for why, rule in (*_RULES, *_of_names(names))
        for match in rule.finditer(text)
        if site is None or _plain(match[0]) != site
    ]
    return _apart(found)


def pieces(text: str, found: Sequence[Mark]) -> tuple[Piece, ...]:
    """Return the text cut at its marks; put together again it is the same text."""
    cut, at = [], 0
    for mark in found:
        if at < mark.start:
            cut.append(Piece(text[at : mark.start], None))
        cut.append(Piece(text[mark.start : mark.end], mark.why))
        at = mark.end
    if at < len(text):
        cut.append(Piece(text[at:], None))
    return tuple(cut)


def without(text: str, found: Sequence[Mark]) -> str:
    """Return the text with each marked piece taken out, and said to be."""
    return "".join(
        piece.text if piece.why is None else TAKEN_OUT for piece in pieces(text, found)
    )


def _plain(text: str) -> str:
    """Return digits of any script as ours."""
    return "".join(str(digit(c)) if c.isdecimal() else c for c in text)


def _of_names(names: Iterable[str]) -> list[tuple[Why, re.Pattern[str]]]:
    parts = {
        part.strip(".,")
        for name in names
        for part in name.split()
        if len(part.strip(".,")) >= _SHORTEST_NAME
    }
    parts = {part for part in parts if any(c.isalpha() for c in part)}
    if not parts:
        return []
    either = "|".join(re.escape(p) for p in sorted(parts, key=lambda p: (-len(p), p)))
    return [(Why.NAME, re.compile(f"{_BEFORE}(?:{either}){_AFTER}", re.IGNORECASE))]


def _apart(found: list[Mark]) -> tuple[Mark, ...]:
    """Return the marks with those that meet made one."""
    apart: list[Mark] = []
    # Sorted by place alone, marks of one place stay in the order of the rules.
    for mark in sorted(found, key=lambda mark: mark.start):
        last = apart[-1] if apart else None
        if last is None or mark.start >= last.end:
            apart.append(mark)
        elif mark.end > last.end:
            apart[-1] = Mark(last.start, mark.end, last.why)
    return tuple(apart)
