"""Each figure is defined once, in a form that machines and people can read."""

import re
from pathlib import Path

from app.domain.indicators import IndicatorKind
from app.domain.remedies import Kind
from app.statistics.definitions import (
    FIGURES,
    VERSION,
    Spread,
    Unit,
    Way,
    as_json,
)
from app.statistics.measures import MEASURES
from app.statistics.model import SENSITIVE, Stage

_ID = re.compile(r"[a-z][a-z0-9_]*")


def test_every_figure_is_reckoned_from_measures_that_there_are() -> None:
    for key, one in FIGURES.items():
        assert key == one.id
        assert _ID.fullmatch(key)
        assert {*one.measures, *one.of} <= set(MEASURES)
        assert bool(one.of) is (one.way is Way.RATE and one.unit is not Unit.PER_1000)
        assert bool(one.stage) is (one.way in (Way.MEDIAN, Way.P90))
        assert bool(one.clock) is bool(one.stage)
        assert one.stage in ("", "brand", *Stage)
        assert bool(one.by) is (one.spread is Spread.OWN)
        assert one.version == VERSION


def test_every_measure_is_told_by_some_figure() -> None:
    told = {name for one in FIGURES.values() for name in (*one.measures, *one.of)}
    assert told == set(MEASURES)


def test_every_rule_is_one_sentence() -> None:
    for one in FIGURES.values():
        assert one.name
        assert one.name[0].isupper()
        assert one.rule.endswith(".")
        assert one.rule[0].isupper()
        assert "  " not in one.rule


def test_every_kind_of_remedy_and_indicator_has_its_figures() -> None:
    for kind in Kind:
        assert {f"remedy_{kind}", f"beneficiaries_{kind}", f"amount_{kind}"} <= set(
            FIGURES
        )
    assert {f"indicator_{kind}" for kind in IndicatorKind} <= set(FIGURES)


def test_definitions_json_has_a_closed_form() -> None:
    told = as_json()
    assert set(told) == {"format", "version", "figures"}
    assert told["version"] == VERSION
    keys = {
        *("id", "version", "name", "rule", "unit", "way", "measures", "of"),
        *("stage", "clock", "told", "by"),
    }
    assert [set(one) for one in told["figures"]] == [keys] * len(FIGURES)
    assert [one["id"] for one in told["figures"]] == list(FIGURES)


def test_the_page_of_rules_has_every_figure_and_this_version(root: Path) -> None:
    page = (root / "infra" / "definitions.md").read_text("utf-8")
    assert f"Version **{VERSION}**" in page
    rows = dict(re.findall(r"^\| `([a-z0-9_]+)` \| (.+?) \|", page, re.MULTILINE))
    assert rows == {one.id: f"**{one.name}.** {one.rule}" for one in FIGURES.values()}
    assert all(category in page for category in SENSITIVE)
