"""Ladders are read whole, or refused: none that stops half-way, none into a factory."""

import pytest

from app.data import load_default
from app.domain.errors import BadInput
from app.domain.ladder import KEYS, Cluster, Rung, Step, Trigger, Wording
from app.domain.policy import Policy, parse_policy
from app.domain.quiet import parse_quiet, written
from app.domain.taxonomy import Clock, Route

VERSION = 'version = "2026-12-01"\n'


def ladder(rungs: str, **named: str) -> str:
    usual = {"route": "committee", "trigger": "missed"}
    keys = usual | named
    if keys["trigger"] == "missed" and "clock" not in keys:
        keys["clock"] = "resolve"
    lines = [f'{key} = "{value}"' for key, value in keys.items()]
    return "\n".join(["[[ladder]]", *lines, f"rungs = [{rungs}]", ""])


def read(text: str) -> Policy:
    return parse_policy(VERSION + text, base=load_default())


def written_steps(steps: tuple[Step, ...]) -> list[str]:
    return [step.toml for step in steps]


FULL = (
    '{ tell = ["factory_head"], answer = "48h", delay = "2h", wording = "general" },'
    ' { tell = ["brand"], answer = "5wd", wording = "veiled", quiet = false },'
    ' { tell = ["partner", "secretariat"] }'
)


def test_a_ladder_of_the_file_takes_the_place_of_the_shipped_one() -> None:
    policy = read(ladder(FULL))
    steps = policy.steps(Route.SAFETY_COMMITTEE, Trigger.MISSED, Clock.RESOLVE)
    assert ", ".join(written_steps(steps)) == FULL.replace("  ", " ")
    assert steps[0].wording is Wording.GENERAL
    assert not steps[1].is_quiet
    other = policy.steps(Route.COMMITTEE, Trigger.MISSED, Clock.PLAN)
    assert other == load_default().steps(Route.COMMITTEE, Trigger.MISSED, Clock.PLAN)


def test_a_ladder_for_every_route_gives_way_to_one_for_a_route() -> None:
    text = ladder('{ tell = ["secretariat"] }', route="*") + ladder(
        '{ tell = ["factory_head"] }'
    )
    policy = read(text)
    told = {
        route: policy.steps(route, Trigger.MISSED, Clock.RESOLVE)[0].tell
        for route in Route
    }
    assert told == {
        Route.COMMITTEE: (Rung.FACTORY_HEAD,),
        Route.INTERNAL_COMMITTEE: (Rung.FACTORY_HEAD,),
        Route.SAFETY_COMMITTEE: (Rung.FACTORY_HEAD,),
        Route.PARTNER: (Rung.SECRETARIAT,),
        Route.SECRETARIAT: (Rung.SECRETARIAT,),
    }


def test_what_is_written_out_is_read_again_without_a_base() -> None:
    policy = read('quiet = "22:00-06:00"\ncluster = false\n' + ladder(FULL))
    assert parse_policy(policy.toml) == policy
    assert parse_policy(policy.toml, base=load_default()) == policy


def test_the_order_of_those_told_makes_no_other_policy() -> None:
    one = read(ladder('{ tell = ["brand", "partner"] }'))
    other = read(ladder('{ tell = ["partner", "brand"] }'))
    assert one.toml == other.toml


def test_a_policy_from_before_there_were_ladders_climbs_as_the_shipped_one() -> None:
    old = load_default().toml.split("\n[[ladder]]")[0]
    kept = [line for line in old.splitlines() if line[:5] not in ("quiet", "clust")]
    assert parse_policy("\n".join(kept), climb=load_default()) == load_default()


def test_of_a_text_with_ladders_only_those_it_lacks_are_lent() -> None:
    text = load_default().toml.replace('quiet = "21:00-07:00"', 'quiet = ""')
    policy = parse_policy(text, climb=load_default())
    assert policy.quiet == ()
    assert policy.ladders == load_default().ladders


def test_without_a_base_every_ladder_is_needed_but_a_clusters() -> None:
    text = load_default().toml.split("\n[[ladder]]")[0]
    with pytest.raises(BadInput) as refused:
        parse_policy(text)
    assert "no [[ladder]] for committee missed acknowledge" in str(refused.value)
    assert "cluster" not in str(refused.value)


def test_the_shipped_policy_has_every_ladder() -> None:
    assert [each.key for each in load_default().ladders] == list(KEYS)


def test_a_cluster_is_counted_and_may_be_left_out() -> None:
    assert load_default().cluster == Cluster(5, load_default().cluster.within)  # type: ignore[union-attr]
    assert read("cluster = false\n").cluster is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(
            ladder('{ tell = ["secretariat"], wait = "2h" }'),
            "rung 1: wait: unknown key",
            id="an-unknown-key-of-a-rung",
        ),
        pytest.param(
            ladder('{ tell = ["secretariat"] }', colour="red"),
            "colour: unknown key",
            id="an-unknown-key-of-a-ladder",
        ),
        pytest.param(
            ladder('{ tell = ["police"] }'),
            "'police' is unknown; known are committee, partner",
            id="an-unknown-recipient",
        ),
        pytest.param(ladder("{ tell = [] }"), "write a list", id="nobody-is-told"),
        pytest.param(
            ladder('{ tell = ["brand", "brand"] }'), "named once", id="somebody-twice"
        ),
        pytest.param(ladder('{ tell = [["brand"]] }'), "unknown", id="a-list-in-it"),
        pytest.param(ladder(""), "write at least one", id="no-rung"),
        pytest.param(
            ladder('{ tell = ["brand"] }, { tell = ["secretariat"] }'),
            "rung 1: answer: the climb would stop here",
            id="it-stops-half-way",
        ),
        pytest.param(
            ladder(", ".join(['{ tell = ["brand"], answer = "48h" }'] * 13)),
            "13 are too many to end",
            id="it-hardly-ends",
        ),
        pytest.param(
            ladder('{ tell = ["brand"], answer = "soon" }'),
            "'soon' is not a duration",
            id="no-duration",
        ),
        pytest.param(
            ladder('{ tell = ["brand"], quiet = "yes" }'),
            "neither true nor false",
            id="no-flag",
        ),
        pytest.param(
            ladder('{ tell = ["factory_head"], wording = "veiled" }'),
            "veiled is for a rung that tells brands alone",
            id="veiled-to-a-factory",
        ),
        pytest.param(
            ladder('{ tell = ["factory_head"] }', route="partner"),
            "nobody at a factory may learn of this: factory_head",
            id="the-factory-on-a-partners-route",
        ),
        pytest.param(
            ladder('{ tell = ["committee"] }', route="*"),
            "nobody at a factory may learn",
            id="the-committee-on-every-route",
        ),
        pytest.param(
            ladder('{ tell = ["first_tier"] }', trigger="s1"),
            "nobody at a factory may learn",
            id="a-supplier-of-danger",
        ),
        pytest.param(
            ladder('{ tell = ["factory_head"] }', trigger="contested"),
            "nobody at a factory may learn",
            id="the-head-of-what-is-contested",
        ),
        pytest.param(
            ladder('{ tell = ["brand"] }', trigger="missed_twice", route="partner"),
            "missed_twice is of committees alone",
            id="a-second-miss-of-a-partner",
        ),
        pytest.param(
            ladder('{ tell = ["brand"] }', clock="review"),
            "'review' is unknown",
            id="a-clock-that-is-no-promise",
        ),
        pytest.param(
            ladder('{ tell = ["brand"] }', trigger="s1", clock="resolve"),
            "only the trigger missed has one",
            id="a-clock-too-many",
        ),
        pytest.param(
            ladder('{ tell = ["brand"] }') * 2,
            "committee missed resolve is there more than once",
            id="two-for-one-thing",
        ),
        pytest.param("ladder = 3", "under a line [[ladder]]", id="no-tables"),
        pytest.param(
            'quiet = "00:00-24:00"', "leaves no time of the day", id="always-quiet"
        ),
        pytest.param('quiet = "late"', "not a window", id="no-hours"),
        pytest.param("quiet = 7", "is not text", id="hours-that-are-a-number"),
        pytest.param(
            'cluster = { cases = 4, within = "30d" }',
            "4 is not a whole number of at least 5",
            id="a-cluster-that-points-at-people",
        ),
        pytest.param(
            "cluster = { cases = 5 }", "within: is missing", id="without-a-time"
        ),
        pytest.param("cluster = true", "write { cases = 5", id="no-cluster-at-all"),
    ],
)  # fmt: skip
def test_a_bad_ladder_is_refused(text: str, problem: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(text)
    assert problem in str(refused.value)


def test_every_problem_is_named_with_its_place() -> None:
    text = ladder('{ tell = ["brand"] }, { tell = ["pope"], answer = "x" }')
    with pytest.raises(BadInput) as refused:
        read(text)
    place = "[[ladder]] 1 (committee missed resolve)"
    lines = str(refused.value).splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        f"{place}, rung 1",
        f"{place}, rung 2",
        f"{place}, rung 2",
    ]


@pytest.mark.parametrize("text", ["21:00-07:00", "12:00-13:00;22:00-06:30", ""])
def test_quiet_hours_are_written_as_they_were(text: str) -> None:
    assert written(parse_quiet(text)) == text
