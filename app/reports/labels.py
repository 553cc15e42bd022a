"""What the codes of the tables are called."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.indicators import IndicatorKind, Topic
from app.domain.remedies import Kind
from app.domain.taxonomy import Category, Severity, SiteKind
from app.reports.words import M_, Words
from app.statistics.model import Dimension

NOT_RECORDED = M_("not recorded")

CATEGORIES: Mapping[str, str] = {
    Category.WAGE: M_("Wages and pay"),
    Category.HOUR: M_("Working hours and leave"),
    Category.SOCS: M_("Social security"),
    Category.MATC: M_("Maternity and childcare"),
    Category.GBVH: M_("Sexual harassment, gender-based violence"),
    Category.ABUS: M_("Abuse and threats"),
    Category.CHLD: M_("Child labour, young workers"),
    Category.FORC: M_("Forced or bonded labour"),
    Category.OSHS: M_("Safety and health"),
    Category.WASH: M_("Water, toilets, food"),
    Category.TERM: M_("Dismissal and contract"),
    Category.FOAS: M_("Union and committee rights"),
    Category.DISC: M_("Discrimination"),
    Category.DORM: M_("Hostel and transport"),
    Category.RETA: M_("Reprisal for a complaint"),
    Category.CRIS: M_("Somebody's life is in danger"),
    Category.OTHR: M_("Not sorted yet"),
}
SEVERITIES: Mapping[str, str] = {
    Severity.S1: M_("S1 critical"),
    Severity.S2: M_("S2 high"),
    Severity.S3: M_("S3 medium"),
    Severity.S4: M_("S4 low"),
}
KINDS: Mapping[str, str] = {
    SiteKind.GARMENT: M_("Garment factory"),
    SiteKind.SPINNING_MILL: M_("Spinning mill"),
    SiteKind.WEAVING: M_("Weaving mill"),
    SiteKind.DYEING: M_("Dyeing mill"),
    SiteKind.HOME_BASED: M_("Home workers"),
    SiteKind.OTHER: M_("Other"),
}
CHANNELS: Mapping[str, str] = {
    "sms": M_("Text message"),
    "voice": M_("Telephone"),
    "phone": M_("Telephone, before Threadline"),
    "web": M_("Web page"),
    "paper": M_("Paper or visit"),
    "spreadsheet": M_("A list"),
    "letter": M_("Letter"),
    "visit": M_("Visit"),
    "box": M_("Complaint box"),
    "other": M_("Other"),
}
FILERS: Mapping[str, str] = {
    "worker": M_("The worker"),
    "relative": M_("A relative"),
    "friend": M_("A friend or colleague"),
    "union": M_("A union"),
    "ngo": M_("An organisation"),
    "partner": M_("A partner of the programme"),
    "other": M_("Somebody else"),
}
REMEDIES: Mapping[str, str] = {
    Kind.ESI_REGISTRATION: M_("Registration for health insurance (ESI)"),
    Kind.PF_REGISTRATION: M_("Registration for the provident fund (PF)"),
    Kind.BACK_PAY: M_("Back pay"),
    Kind.REINSTATEMENT: M_("Reinstatement"),
    Kind.REPAIR: M_("Repair or safety fix"),
    Kind.LEAVE: M_("Leave granted"),
    Kind.MATERNITY: M_("Maternity benefit or childcare"),
    Kind.APOLOGY: M_("Apology"),
    Kind.TRAINING: M_("Training"),
    Kind.POLICY_CHANGE: M_("Change of rules in the factory"),
    Kind.REFERRAL: M_("Referral to somebody who helps"),
    Kind.OTHER: M_("Other"),
}
INDICATORS: Mapping[str, str] = {
    IndicatorKind.WORKERS_REACHED: M_("Workers reached"),
    IndicatorKind.WORKERS_TRAINED: M_("Workers trained"),
    IndicatorKind.CHILDREN_TRAINED: M_("Children trained"),
    IndicatorKind.SITES_AGE_VERIFICATION: M_(
        "Factories and spinning mills with child-friendly age verification"
    ),
    IndicatorKind.ESI_REGISTRATIONS: M_(
        "Workers registered for health insurance (ESI)"
    ),
    IndicatorKind.PF_REGISTRATIONS: M_(
        "Workers registered for the provident fund (PF)"
    ),
    IndicatorKind.COMMITTEES_SET_UP: M_("Workers' committees set up"),
    IndicatorKind.CRECHES_OPENED: M_("Crèches opened"),
}
TOPICS: Mapping[str, str] = {
    Topic.CHILD_RIGHTS: M_("Child rights"),
    Topic.MATERNITY_RIGHTS: M_("Maternity rights"),
    Topic.WASH: M_("Water and hygiene"),
    Topic.MATERNAL_HEALTH: M_("Health and food of mothers"),
    Topic.YOUNG_WORKERS: M_("Young workers"),
    Topic.WAGES_BENEFITS: M_("Wages and benefits"),
    Topic.CHILD_LABOUR: M_("Preventing child labour"),
}
DIMENSIONS: Mapping[str, str] = {
    Dimension.CATEGORY: M_("What it was about"),
    Dimension.SEVERITY: M_("How grave it was"),
    Dimension.COUNTRY: M_("Country"),
    Dimension.REGION: M_("Region"),
    Dimension.KIND: M_("Kind of site"),
    Dimension.TIER: M_("Tier of the supply chain"),
    Dimension.SITE: M_("Site"),
    Dimension.CHANNEL: M_("How it reached us"),
    Dimension.LANGUAGE: M_("Language"),
    Dimension.FILER: M_("Who filed it"),
}
_TIER = M_("Tier {n}")

_NAMED: Mapping[str, Mapping[str, str]] = {
    Dimension.CATEGORY: CATEGORIES,
    Dimension.SEVERITY: SEVERITIES,
    Dimension.KIND: KINDS,
    Dimension.CHANNEL: CHANNELS,
    Dimension.FILER: FILERS,
    "remedy": REMEDIES,
    "indicator": INDICATORS,
}


@dataclass(frozen=True, slots=True)
class Place:
    """A site as it may be named in public."""

    code: str
    name: str
    country: str
    kind: str
    tier: int
    os_id: str


def label(
    by: str, value: str, words: Words, places: Mapping[str, Place] | None = None
) -> str:
    """Return what a value of a table is called; its own word where nothing is known."""
    if not value:
        return words.say(NOT_RECORDED)
    named = _NAMED.get(by, {})
    if by == "indicator":
        return _indicator(value, words)
    if value in named:
        return words.say(named[value])
    match by:
        case Dimension.COUNTRY:
            return words.country(value)
        case Dimension.LANGUAGE:
            return words.language_name(value)
        case Dimension.TIER:
            return words.say(_TIER, n=int(value)) if value.isdigit() else value
        case Dimension.SITE:
            place = (places or {}).get(value)
            return place.name if place else value
    return value


def _indicator(value: str, words: Words) -> str:
    """Name an indicator, and after a colon the topic of a training."""
    kind, _, topic = value.partition(":")
    named = words.say(INDICATORS[kind]) if kind in INDICATORS else kind
    if not topic:
        return named
    return f"{named}: {words.say(TOPICS[topic]) if topic in TOPICS else topic}"
