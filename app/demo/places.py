"""Where the demo programme is: sites, the brands that buy, hotline numbers.

Every company here is invented; the towns, calendars and working hours are of
the kind that is found there.
"""

from dataclasses import dataclass

from app.domain.taxonomy import SiteKind

BANGLADESH_LINE = "+15550100880"
INDIA_LINE = "+15550100910"
MISSED_CALL_LINE = "+15550100911"

# A demo is visited at any hour.
DAY_AND_NIGHT = "00:00-24:00"

# number, country, provider, languages, sms, voice, allowed_hours, sites
NUMBERS = (
    (BANGLADESH_LINE, "BD", "twilio", "bn;en", "yes", "answer", DAY_AND_NIGHT, ""),
    (INDIA_LINE, "IN", "twilio", "ta;hi;bn;en", "yes", "answer", DAY_AND_NIGHT, ""),
    (MISSED_CALL_LINE, "IN", "twilio", "ta;hi", "no", "missed_call", DAY_AND_NIGHT, ""),
)
# By carrier of texts: lines of both countries beside Twilio's. Nobody calls them.
CARRIER_LINES = {
    ("bd", "kannel"): "+15550101880",
    ("bd", "jasmin"): "+15550102880",
    ("bd", "infobip"): "+15550103880",
    ("bd", "somleng"): "+15550104880",
    ("in", "exotel"): "+911001000911",
    ("in", "infobip"): "+15550103911",
    ("in", "kannel"): "+15550105911",
}
TEXT_NUMBERS = tuple(
    (
        *(line, phone.upper(), carrier, "bn;en" if phone == "bd" else "ta;hi;bn;en"),
        *("yes", "none", DAY_AND_NIGHT, ""),
    )
    for (phone, carrier), line in CARRIER_LINES.items()
)

_GARMENT_DAY = "08:30-12:30;13:30-17:30"
_HALF_SATURDAY = "mon-fri 09:00-13:00,14:00-18:00;sat 09:00-13:00"
_MILL_DAY = "08:00-12:00;13:00-17:00"
_DAY_AND_NIGHT = "mon-sat 08:00-16:00,22:00-06:00"
_DHAKA_DAY = "08:00-13:00;14:00-17:00"
_HALF_THURSDAY = "sat-wed 08:00-12:00,13:00-17:00;thu 08:00-13:00"


@dataclass(frozen=True, slots=True)
class Place:
    """One site as it will be imported; `code` blank: drawn from the seed."""

    key: str
    name: str
    local_name: str
    region: str
    kind: SiteKind
    tier: int
    hours: str
    languages: str
    has_internal_committee: bool
    has_safety_committee: bool
    code: str = ""

    @property
    def country(self) -> str:
        return "BD" if self.region in {"Dhaka", "Gazipur"} else "IN"

    @property
    def timezone(self) -> str:
        return "Asia/Dhaka" if self.country == "BD" else "Asia/Kolkata"

    @property
    def weekly_rest(self) -> str:
        return "fri" if self.country == "BD" else "sun"

    @property
    def hotline(self) -> str:
        return BANGLADESH_LINE if self.country == "BD" else INDIA_LINE

    @property
    def short_name(self) -> str:
        return " ".join(self.name.split()[:2])


PLACES = (
    Place(
        "nilavoli",
        "Nilavoli Knit Garments",
        "நிலவொளி நிட் கார்மெண்ட்ஸ்",
        "Tiruppur",
        SiteKind.GARMENT,
        1,
        _GARMENT_DAY,
        "ta;hi;en",
        has_internal_committee=True,
        has_safety_committee=True,
    ),
    Place(
        "sevvanam",
        "Sevvanam Apparel Works",
        "செவ்வானம் அப்பேரல் ஒர்க்ஸ்",
        "Tiruppur",
        SiteKind.GARMENT,
        1,
        _GARMENT_DAY,
        "ta;hi;en",
        has_internal_committee=True,
        has_safety_committee=False,
    ),
    Place(
        "kurinji",
        "Kurinjipoo Kidswear",
        "குறிஞ்சிப்பூ கிட்ஸ்வேர்",
        "Tiruppur",
        SiteKind.GARMENT,
        1,
        _HALF_SATURDAY,
        "ta;hi;bn;en",
        has_internal_committee=True,
        has_safety_committee=False,
    ),
    Place(
        "vannam",
        "Noyyal Vannam Dyeing Unit",
        "நொய்யல் வண்ணம் சாயப்பட்டறை",
        "Tiruppur",
        SiteKind.DYEING,
        2,
        _HALF_SATURDAY,
        "ta;hi",
        has_internal_committee=False,
        has_safety_committee=True,
    ),
    Place(
        "thoovanam",
        "Thoovanam Spinning Mills",
        "தூவானம் நூற்பாலை",
        "Dindigul",
        SiteKind.SPINNING_MILL,
        2,
        _MILL_DAY,
        "ta;hi",
        has_internal_committee=True,
        has_safety_committee=False,
    ),
    Place(
        "vellipani",
        "Vellipani Cotton Spinners",
        "வெள்ளிப்பனி காட்டன் ஸ்பின்னர்ஸ்",
        "Dindigul",
        SiteKind.SPINNING_MILL,
        2,
        _MILL_DAY,
        "ta;hi;bn",
        has_internal_committee=False,
        has_safety_committee=True,
    ),
    Place(
        "kodivazhi",
        "Kodivazhi Yarn Mills",
        "கொடிவழி நூல் ஆலை",
        "Dindigul",
        SiteKind.SPINNING_MILL,
        2,
        _DAY_AND_NIGHT,
        "ta;hi",
        has_internal_committee=False,
        has_safety_committee=False,
    ),
    Place(
        "megher_alo",
        "Megher Alo Apparels Ltd",
        "মেঘের আলো অ্যাপারেলস লিমিটেড",
        "Dhaka",
        SiteKind.GARMENT,
        1,
        _DHAKA_DAY,
        "bn;en",
        has_internal_committee=True,
        has_safety_committee=True,
        code="482170",
    ),
    Place(
        "shapla",
        "Shapla Dighi Fashions Ltd",
        "শাপলা দীঘি ফ্যাশনস লিমিটেড",
        "Dhaka",
        SiteKind.GARMENT,
        1,
        _DHAKA_DAY,
        "bn;en",
        has_internal_committee=False,
        has_safety_committee=True,
    ),
    Place(
        "konok",
        "Konok Tara Knitwear Ltd",
        "কনক তারা নিটওয়্যার লিমিটেড",
        "Dhaka",
        SiteKind.GARMENT,
        1,
        _HALF_THURSDAY,
        "bn;en",
        has_internal_committee=False,
        has_safety_committee=True,
    ),
    Place(
        "shalban",
        "Shalban Kuasha Garments Ltd",
        "শালবন কুয়াশা গার্মেন্টস লিমিটেড",
        "Gazipur",
        SiteKind.GARMENT,
        1,
        _DHAKA_DAY,
        "bn;en",
        has_internal_committee=True,
        has_safety_committee=True,
    ),
    Place(
        "turag",
        "Turag Dheu Composite Ltd",
        "তুরাগ ঢেউ কম্পোজিট লিমিটেড",
        "Gazipur",
        SiteKind.GARMENT,
        1,
        _HALF_THURSDAY,
        "bn;en",
        has_internal_committee=False,
        has_safety_committee=True,
    ),
    Place(
        "bhawal",
        "Bhawal Shishir Spinning Mills Ltd",
        "ভাওয়াল শিশির স্পিনিং মিলস লিমিটেড",
        "Gazipur",
        SiteKind.SPINNING_MILL,
        2,
        _DHAKA_DAY,
        "bn",
        has_internal_committee=False,
        has_safety_committee=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Buyer:
    """One brand; all of them invented."""

    slug: str
    name: str
    webhook_url: str = ""

    @property
    def domain(self) -> str:
        return f"{self.slug}.example"


BUYERS = (
    Buyer("noorderkade", "Noorderkade Mode", "https://hooks.noorderkade.example/hears"),
    Buyer("tuinkers", "Tuinkers Kids"),
    Buyer("blauwvoet", "Blauwvoet Outdoor"),
    Buyer("lichtspoor", "Lichtspoor Basics"),
    Buyer("sturmwiese", "Sturmwiese Textil"),
)

# brand, site, through which first-tier site (blank: directly), from, to
PURCHASES = (
    ("noorderkade", "nilavoli", "", "2024-02-01", ""),
    ("noorderkade", "megher_alo", "", "2024-02-01", ""),
    ("noorderkade", "turag", "", "2024-09-01", ""),
    ("noorderkade", "thoovanam", "nilavoli", "2024-02-01", ""),
    ("tuinkers", "kurinji", "", "2023-06-01", ""),
    ("tuinkers", "shapla", "", "2024-01-15", ""),
    ("tuinkers", "kodivazhi", "kurinji", "2024-05-01", ""),
    ("blauwvoet", "sevvanam", "", "2023-06-01", ""),
    ("blauwvoet", "shalban", "", "2024-03-01", ""),
    ("blauwvoet", "konok", "", "2024-03-01", ""),
    ("blauwvoet", "vellipani", "sevvanam", "2024-03-01", ""),
    ("blauwvoet", "vannam", "sevvanam", "2024-03-01", ""),
    ("lichtspoor", "megher_alo", "", "2024-06-01", ""),
    ("lichtspoor", "shalban", "", "2024-06-01", ""),
    ("lichtspoor", "bhawal", "shalban", "2024-06-01", ""),
    ("lichtspoor", "vannam", "nilavoli", "2025-01-01", ""),
    ("sturmwiese", "turag", "", "2024-04-01", ""),
    ("sturmwiese", "kurinji", "", "2024-04-01", ""),
    ("sturmwiese", "bhawal", "turag", "2024-04-01", ""),
    ("sturmwiese", "nilavoli", "", "2023-01-01", "2026-03-31"),
)
