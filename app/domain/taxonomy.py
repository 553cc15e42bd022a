"""The words of the field: categories, severities, states, routes, roles."""

from enum import StrEnum


class Category(StrEnum):
    """What a grievance is about; what each may cost in time is policy data."""

    WAGE = "WAGE"
    HOUR = "HOUR"
    SOCS = "SOCS"
    MATC = "MATC"
    GBVH = "GBVH"
    ABUS = "ABUS"
    CHLD = "CHLD"
    FORC = "FORC"
    OSHS = "OSHS"
    WASH = "WASH"
    TERM = "TERM"
    FOAS = "FOAS"
    DISC = "DISC"
    DORM = "DORM"
    RETA = "RETA"
    CRIS = "CRIS"
    INFO = "INFO"
    OTHR = "OTHR"


# Toward brands these say only that a protected case needs attention.
PROTECTED = frozenset({Category.GBVH, Category.CHLD, Category.RETA, Category.DISC})

# Only these may stand in remediation, always with a dated next review.
REMEDIATED = frozenset({Category.FORC, Category.CHLD})


class Severity(StrEnum):
    """S1 critical to S4 low; `rank` is smaller for what is graver."""

    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"

    @property
    def rank(self) -> int:
        return int(self.value[1])


class State(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    IN_REVIEW = "in_review"
    REMEDY_PROPOSED = "remedy_proposed"
    RESOLVED = "resolved"  # declared solved; awaiting the worker's word
    IN_REMEDIATION = "in_remediation"
    REOPENED = "reopened"
    CLOSED_CONFIRMED = "closed_confirmed"
    CLOSED_DECLARED = "closed_declared"
    CLOSED_UNFOUNDED = "closed_unfounded"
    CLOSED_WITHDRAWN = "closed_withdrawn"
    CLOSED_REFERRED = "closed_referred"
    CLOSED_NO_CONTACT = "closed_no_contact"

    @property
    def is_closed(self) -> bool:
        return self.value.startswith("closed_")


class Route(StrEnum):
    """The body that holds a case."""

    COMMITTEE = "committee"
    INTERNAL_COMMITTEE = "internal_committee"
    SAFETY_COMMITTEE = "safety_committee"
    PARTNER = "partner"
    SECRETARIAT = "secretariat"  # only as the last fallback; never in a policy

    @property
    def is_factory_side(self) -> bool:
        return self in COMMITTEE_ROUTES


COMMITTEE_ROUTES = frozenset(
    {Route.COMMITTEE, Route.INTERNAL_COMMITTEE, Route.SAFETY_COMMITTEE}
)


class Role(StrEnum):
    """What a person in people.csv is."""

    COMMITTEE = "committee"
    INTERNAL_COMMITTEE = "internal_committee"
    SAFETY_COMMITTEE = "safety_committee"
    FACTORY_HEAD = "factory_head"
    PARTNER = "partner"
    BRAND = "brand"
    AUDITOR = "auditor"
    ADMIN = "admin"

    @property
    def is_factory_side(self) -> bool:
        return self in FACTORY_ROLES


FACTORY_ROLES = frozenset(
    {
        Role.COMMITTEE,
        Role.INTERNAL_COMMITTEE,
        Role.SAFETY_COMMITTEE,
        Role.FACTORY_HEAD,
    }
)


class Side(StrEnum):
    """Whose member of a bipartite committee a person is."""

    WORKER = "worker"
    MANAGEMENT = "management"
    NEUTRAL = "neutral"


class Conflict(StrEnum):
    """The answer to: is it about a committee member, HR or the owner?"""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Reprisal(StrEnum):
    """The answer to: has anybody made trouble for you because you complained?"""

    YES = "yes"
    NO = "no"
    UNSAID = "unsaid"  # does not know, or would rather not say


class Clock(StrEnum):
    """The dated promises of a case. The first three are the policy's."""

    ACKNOWLEDGE = "acknowledge"
    FIRST_ACTION = "first_action"
    RESOLVE = "resolve"
    PLAN = "plan"  # FORC and CHLD: a remediation plan
    REVIEW = "review"  # the dated next review of a case in remediation
    CONFIRMATION = "confirmation"  # the worker's word on a declared solution
    WITHDRAWAL = "withdrawal"  # a withdrawal asked for by text takes effect
    CHECK_30 = "check_30"  # after the end: was she made to pay for it?
    CHECK_90 = "check_90"
    CHECK_ANSWER = "check_answer"  # the worker's word on that


class SiteKind(StrEnum):
    """What is made at a site."""

    GARMENT = "garment"
    SPINNING_MILL = "spinning_mill"
    WEAVING = "weaving"
    DYEING = "dyeing"
    HOME_BASED = "home_based"
    OTHER = "other"


LANGUAGES = ("bn", "hi", "ta", "en")
