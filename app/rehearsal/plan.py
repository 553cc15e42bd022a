"""What a rehearsed year is made of: who answers how, and what workers write.

The defaults are this project's reading of published figures (DOMAIN.md,
sections 1.1, 4 and 5), no forecast: a rehearsal compares, it does not foretell.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType

from app.domain.errors import BadInput
from app.domain.taxonomy import Category, Conflict

# Of a hundred cases. Wages are 40 % at Bangladesh's inspectorate, dues on exit
# nearly half in Dhaka; at Amader Kotha benefits 14 %, dismissal 10 %, fires
# 10 %, verbal abuse 9 %; at Dindigul 12 % is gender-based violence
# (DOMAIN.md, 1.1). The rest are small by every source.
CATEGORIES: Mapping[Category, float] = MappingProxyType(
    {
        Category.WAGE: 29,
        Category.TERM: 13,
        Category.ABUS: 10,
        Category.GBVH: 8,
        Category.OSHS: 8,
        Category.HOUR: 7,
        Category.SOCS: 5,
        Category.INFO: 4,
        Category.OTHR: 4,
        Category.MATC: 2.5,
        Category.WASH: 2.5,
        Category.DISC: 1.5,
        Category.DORM: 1.5,
        Category.FOAS: 1.5,
        Category.CHLD: 1,
        Category.FORC: 0.5,
        Category.RETA: 0.5,
        Category.CRIS: 0.5,
    }
)

# Workers would rather talk than write; 27 % of the women go online at all
# (DOMAIN.md, section 5).
CHANNELS: Mapping[str, float] = MappingProxyType(
    {"voice": 55, "sms": 40, "whatsapp": 5}
)

# Is it about the committee, HR or the owner? None: she does not answer. No
# source counts it; these are the demo's.
CONFLICTS: Mapping[Conflict | None, float] = MappingProxyType(
    {Conflict.NO: 70, Conflict.YES: 12, Conflict.UNKNOWN: 10, None: 8}
)


def _check(names: str, weights: tuple[float, ...]) -> None:
    if min(weights) < 0 or not sum(weights) > 0:
        raise BadInput(f"{names}: none may be negative, and one must be above 0")


@dataclass(frozen=True, slots=True)
class Shares:
    """How many of a kind answer well, late or never: weights, not per cents.

    Raises `BadInput` where one is negative or all are 0.
    """

    well: float
    late: float
    never: float

    def __post_init__(self) -> None:
        _check("well, late and never", (self.well, self.late, self.never))


@dataclass(frozen=True, slots=True)
class Words:
    """What workers say to a declared solution: weights.

    At Amader Kotha 82 % were content with how they were helped (DOMAIN.md,
    1.1), but most of those who are asked by a text say nothing.
    """

    confirm: float = 50
    no: float = 12
    silent: float = 38

    def __post_init__(self) -> None:
        _check("confirm, no and silent", (self.confirm, self.no, self.silent))


@dataclass(frozen=True, slots=True)
class Plan:
    """The people of a year. What is called a share is of 1.

    `committees`: one temperament for each site. `partners`: for each partner,
    and the secretariat. `above`: factories' heads and brands, whose answer to
    an escalation makes the body take the case up.
    """

    committees: Shares = Shares(60, 30, 10)
    partners: Shares = Shares(80, 20, 0)
    above: Shares = Shares(50, 30, 20)
    is_heeded: bool = True  # whether an answer from above makes anybody act
    words: Words = Words()
    categories: Mapping[Category, float] = field(default_factory=lambda: CATEGORIES)
    channels: Mapping[str, float] = field(default_factory=lambda: CHANNELS)
    conflicts: Mapping[Conflict | None, float] = field(
        default_factory=lambda: CONFLICTS
    )
    danger: float = 0.02  # says in the first words that somebody is in danger
    danger_later: float = 0.01
    no_site: float = 0.05  # writes without the poster's code; a partner finds it
    may_text: float = 0.75
    writes_again: float = 0.2
    withdraws: float = 0.02
    # The partner ends it so, where it would else have been declared solved.
    referred: float = 0.04
    unfounded: float = 0.03
    no_contact: float = 0.02
    paused: float = 0.04  # waits for the worker, outside S1
    # A child's or a bonded worker's case stays under the partner's eyes.
    remediation_months: int = 3

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, float) and not 0 <= value <= 1:
                raise BadInput(f"{each.name}: {value} is no share: write 0 to 1")
