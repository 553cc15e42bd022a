"""Rules of the house that no linter knows, read off the syntax trees."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from app.outbox.messages import TEMPLATES
from app.runtime.logs import FIELDS

ROOT = Path(__file__).resolve().parents[2]
LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})
# What the guards of the log take and replace by a type and a place.
ALSO = frozenset({"exc_info"})


@cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    return tuple(
        (str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8")))
        for folder in ("app", "workers")
        for path in sorted((ROOT / folder).rglob("*.py"))
    )


def calls() -> Iterator[tuple[str, ast.Module, ast.Call]]:
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield f"{name}:{node.lineno}", tree, node


def is_log_method(node: ast.expr) -> bool:
    """`log.info`, `structlog.get_logger().error`."""
    if not (isinstance(node, ast.Attribute) and node.attr in LEVELS):
        return False
    holder = ast.unparse(node.value)
    return holder in ("log", "logger") or "get_logger" in holder


@cache
def aliases(tree: ast.Module) -> frozenset[str]:
    """Return names that stand for a log's method: `write = log.error if …`."""
    return frozenset(
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and any(
            is_log_method(part)
            for part in ast.walk(node.value)
            if isinstance(part, ast.expr)
        )
        and not isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Name)
    )


def log_calls() -> list[tuple[str, ast.Call]]:
    return [
        (place, node)
        for place, tree, node in calls()
        if is_log_method(node.func)
        or (isinstance(node.func, ast.Name) and node.func.id in aliases(tree))
    ]


def test_every_log_line_has_only_listed_fields() -> None:
    found = log_calls()
    assert len(found) > 12
    wrong = [
        f"{place}: {keyword.arg or '**'}"
        for place, node in found
        for keyword in node.keywords
        if keyword.arg not in FIELDS | ALSO
    ]
    assert wrong == []


def test_every_log_line_is_a_fixed_noun_and_verb() -> None:
    """Nothing is put together, so nothing that a person said can be in it."""
    wrong = [
        place
        for place, node in log_calls()
        if len(node.args) != 1
        or not isinstance(node.args[0], ast.Constant)
        or not re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", str(node.args[0].value))
    ]
    assert wrong == []


_CLOCKS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *("datetime.datetime.now", "datetime.date.today", "time.time", "time.time_ns"),
}


def test_only_the_clock_asks_what_time_it_is() -> None:
    asked = [
        place
        for place, _, node in calls()
        if ast.unparse(node.func) in _CLOCKS
        and not place.startswith("app/runtime/clock.py:")
    ]
    assert asked == []
    assert any(
        ast.unparse(node.func) in _CLOCKS
        for place, _, node in calls()
        if place.startswith("app/runtime/clock.py:")
    )


def owed_templates() -> set[str]:
    """Return every template that a rule owes, by name or by a variable."""
    found: set[str] = set()
    for name, tree in trees():
        if not name.startswith("app/domain/"):
            continue
        for node in ast.walk(tree):
            value: ast.expr | None = None
            if isinstance(node, ast.Call) and _is_owing(node.func):
                value = node.args[0] if node.args else None
            if isinstance(node, ast.Assign) and any(
                isinstance(t, ast.Name) and t.id == "template" for t in node.targets
            ):
                value = node.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                found.add(value.value)
    return found


def _is_owing(func: ast.expr) -> bool:
    """`draft.owe`, or the notice that a rung of a ladder will be owed."""
    is_notice = isinstance(func, ast.Name) and func.id == "Notice"
    return is_notice or (isinstance(func, ast.Attribute) and func.attr == "owe")


def test_every_template_that_a_rule_owes_is_worded() -> None:
    used = owed_templates()
    assert len(used) > 10
    assert used - TEMPLATES == set()


def test_no_template_is_worded_that_nobody_owes() -> None:
    # Owed where a carrier's word is heard, not by a rule.
    assert TEMPLATES - owed_templates() == {"worker_unreachable"}


@pytest.mark.parametrize(
    ("source", "is_wrong"),
    [
        pytest.param('log.info("a.b", phone=1)', True, id="an-unlisted-field"),
        pytest.param('log.info("a.b", count=1)', False, id="a-listed-field"),
    ],
)
def test_the_walk_would_find_it(source: str, is_wrong: bool) -> None:
    call = ast.parse(source, mode="eval").body
    assert isinstance(call, ast.Call)
    assert is_log_method(call.func)
    assert any(k.arg not in FIELDS | ALSO for k in call.keywords) is is_wrong
