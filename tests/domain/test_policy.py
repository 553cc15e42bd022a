"""A policy is read whole, or refused with every problem at once."""

import pytest

from app.data import load_default
from app.domain.durations import parse_duration
from app.domain.errors import BadInput
from app.domain.policy import Policy, parse_policy
from app.domain.taxonomy import Category, Clock, Route, Severity

S1, S2, S3, _ = Severity

VERSION = 'version = "2026-12-01"'

WAGE = """
[[category]]
code = "WAGE"
severity = "S3"
route = "committee"
acknowledge = "2wd"
first_action = "5wd"
resolve = "14d"
"""

WAGE_ONLY = VERSION + WAGE

INFO = """
[[category]]
code = "INFO"
severity = "S4"
route = "committee"
first_action = "5wd"
resolve = "14d"
"""


def read(text: str) -> Policy:
    return parse_policy(text, base=load_default())


def promised(policy: Policy, category: Category, severity: Severity | None) -> str:
    """Write an entry on one line, as tables like it."""
    entry = policy.entry(category, severity)
    clocks = " ".join(f"{name}={time}" for name, time in entry.clocks)
    return f"{entry.severity} {entry.route} {clocks}" + " alert" * entry.brand_alert


S1_CLOCKS = "acknowledge=4h first_action=24h resolve=14d"


@pytest.mark.parametrize(
    ("category", "severity", "expected"),
    [
        pytest.param(
            Category.WAGE,
            None,
            "S3 committee acknowledge=2wd first_action=5wd resolve=14d",
            id="the-file's-own-entry",
        ),
        pytest.param(
            Category.WAGE,
            S2,
            "S2 committee acknowledge=2wd first_action=5wd resolve=14d",
            id="a-severity-without-clocks-runs-on-the-category's",
        ),
        pytest.param(
            Category.WAGE,
            S1,
            f"S1 committee {S1_CLOCKS} alert",
            id="raised-to-s1-on-the-shipped-clocks",
        ),
        pytest.param(
            Category.FORC,
            None,
            "S1 partner acknowledge=4h first_action=24h resolve=30d plan=7d alert",
            id="a-category-left-out-is-the-shipped-one",
        ),
        pytest.param(
            Category.INFO,
            S1,
            f"S1 committee {S1_CLOCKS} alert",
            id="a-question-raised-to-s1-is-acknowledged",
        ),
    ],
)
def test_a_partial_policy_stands_on_the_shipped_one(
    category: Category, severity: Severity | None, expected: str
) -> None:
    assert promised(read(WAGE_ONLY), category, severity) == expected


def test_the_first_entry_of_a_category_is_its_default() -> None:
    graver = WAGE.replace('"S3"', '"S2"').replace("14d", "7d")
    policy = read(VERSION + WAGE + graver)
    assert policy.default_severity(Category.WAGE) is S3
    assert policy.has_own_entry(Category.WAGE, S2)
    assert not policy.has_own_entry(Category.WAGE, S1)
    assert policy.entry(Category.WAGE, S2).resolve == parse_duration("7d")
    assert read(VERSION + graver + WAGE).default_severity(Category.WAGE) is S2


def test_a_severity_of_the_file_takes_the_place_of_the_shipped_one() -> None:
    policy = read(
        WAGE_ONLY + '[[severity]]\nseverity = "S1"\nfirst_action = "1h"\nresolve = "2d"'
    )
    entry = policy.entry(Category.WAGE, S1)
    assert dict(entry.clocks) == {
        Clock.ACKNOWLEDGE: parse_duration("2wd"),
        Clock.FIRST_ACTION: parse_duration("1h"),
        Clock.RESOLVE: parse_duration("2d"),
    }
    assert not entry.brand_alert
    assert parse_policy(policy.toml) == policy


def test_a_plan_stays_promised_when_the_case_is_raised() -> None:
    forced = INFO.replace("INFO", "FORC").replace("S4", "S2") + 'plan = "7d"'
    raised = read(WAGE_ONLY + forced).entry(Category.FORC, S1)
    assert raised.plan == parse_duration("7d")
    assert raised.resolve == parse_duration("14d")


def test_a_crisis_raised_to_s1_never_alerts_a_brand() -> None:
    policy = read(WAGE_ONLY + INFO.replace("INFO", "CRIS").replace("S4", "S2"))
    assert not policy.entry(Category.CRIS, S1).brand_alert
    assert policy.entry(Category.INFO, S1).brand_alert


def test_acknowledge_may_be_missing() -> None:
    assert read(WAGE_ONLY + INFO).entry(Category.INFO).acknowledge is None


def test_a_date_without_quotes_is_a_version() -> None:
    assert read(WAGE_ONLY.replace('"2026-12-01"', "2026-12-01")).version == "2026-12-01"


def test_what_is_written_out_is_read_again_without_a_base() -> None:
    policy = read(WAGE_ONLY + INFO)
    assert parse_policy(policy.toml) == policy
    assert parse_policy(policy.toml).toml == policy.toml


def test_order_and_comments_make_no_other_policy() -> None:
    assert read(VERSION + "\n# late" + INFO + WAGE).toml == read(WAGE_ONLY + INFO).toml


def test_a_version_may_be_set() -> None:
    assert read(WAGE_ONLY).with_version("2027-01-01").version == "2027-01-01"
    with pytest.raises(BadInput, match="YYYY-MM-DD"):
        read(WAGE_ONLY).with_version("soon")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param(("2026-12-01", "1.0"), "write YYYY-MM-DD", id="no-date"),
        pytest.param(("2026-12-01", "2026-02-30"), "YYYY-MM-DD", id="no-such-day"),
        pytest.param(("2026-12-01", "20261201"), "YYYY-MM-DD", id="no-dashes"),
        pytest.param((VERSION, ""), "version", id="no-version"),
        pytest.param(
            ("WAGE", "PAY"), r"1 \(PAY\): code: 'PAY' is unknown", id="unknown-code"
        ),
        pytest.param(("S3", "S5"), "severity: 'S5' is unknown", id="unknown-severity"),
        pytest.param(
            ('"committee"', '"factory_head"'), "known are committee", id="unknown-route"
        ),
        pytest.param(
            ('"committee"', '"secretariat"'), "route", id="the-secretariat-is-no-route"
        ),
        pytest.param(
            ('"5wd"', '"5 days"'), "first_action: '5 days'", id="bad-duration"
        ),
        pytest.param(('"5wd"', "5"), "first_action: 5 is not text", id="a-bare-number"),
        pytest.param(('resolve = "14d"', ""), "resolve: is missing", id="no-resolve"),
        pytest.param(
            ("acknowledge", "acknowlege"), "acknowlege: unknown key", id="mistyped-key"
        ),
        pytest.param(
            ("[[category]]", "[[categories]]"), "categories: unknown key", id="no-table"
        ),
        pytest.param(
            ("[[category]]", "[category]"), r"\[\[category\]\]", id="single-brackets"
        ),
        pytest.param(
            ("[[category]]", "[[category]]\nbrand_alert = 1"),
            "neither true nor false",
            id="a-flag-is-true-or-false",
        ),
        pytest.param(("version =", "version"), "not TOML", id="not-toml"),
    ],
)
def test_a_bad_policy_is_refused(change: tuple[str, str], problem: str) -> None:
    assert change[0] in WAGE_ONLY
    with pytest.raises(BadInput, match=problem):
        read(WAGE_ONLY.replace(*change))


def test_a_brand_alert_for_a_crisis_is_refused() -> None:
    crisis = INFO.replace("INFO", "CRIS") + "brand_alert = true"
    with pytest.raises(BadInput, match="CRIS never reaches a brand"):
        read(WAGE_ONLY + crisis)


def test_every_problem_is_listed_with_its_place() -> None:
    broken = WAGE_ONLY.replace("14d", "soon") + INFO.replace("5wd", "0wd") + "x = 1"
    with pytest.raises(BadInput) as refusal:
        read(broken.replace("2026-12-01", "2026"))
    problems = str(refusal.value).splitlines()
    assert [line.split(":")[0] for line in problems] == [
        "version",
        "[[category]] 1 (WAGE)",
        "[[category]] 2 (INFO)",
        "[[category]] 2 (INFO)",
    ]


def test_one_category_and_severity_has_one_entry() -> None:
    twice = WAGE_ONLY + INFO + INFO
    with pytest.raises(BadInput, match="INFO at S4 has more than one entry"):
        read(twice)


def test_without_a_base_every_category_is_needed() -> None:
    with pytest.raises(BadInput, match="HOUR, SOCS"):
        parse_policy(WAGE_ONLY)


def test_a_route_is_any_body_but_the_secretariat() -> None:
    for route in set(Route) - {Route.SECRETARIAT}:
        policy = read(WAGE_ONLY.replace('"committee"', f'"{route}"'))
        assert policy.entry(Category.WAGE).route is route
