"""Every kind of event has a field without which nobody is shown it."""

import ast
import re

import pytest

from app.domain.authority import Hat
from app.domain.permissions import fields
from app.domain.taxonomy import Role
from app.store.readers.room_case import FIELD_OF, field_of
from tests.house.test_code import is_log_method, trees

_KIND = re.compile(r"[a-z]+\.[a-z_]+")
_COLUMNS = {"brand.slug", "site.code"}  # as SQL has them
_PLACES = ("app/domain/", "app/actions/", "app/store/")


def _texts(node: ast.AST) -> set[str]:
    found = {n.value for n in ast.walk(node) if isinstance(n, ast.Constant)}
    return {t for t in found if isinstance(t, str) and _KIND.fullmatch(t)}


def _recorded(node: ast.Call) -> set[str]:
    """Return the kinds that a call of `record("…")` or `Event("…")` names."""
    func = node.func
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    if name not in ("record", "Event") or not node.args:
        return set()
    return _texts(node.args[0])


def _kinds() -> set[str]:
    """Return every kind that is recorded, also by way of a name.

    What looks like a kind and begins as one that is recorded is one.
    """
    here = [tree for name, tree in trees() if name.startswith(_PLACES)]
    calls = [n for tree in here for n in ast.walk(tree) if isinstance(n, ast.Call)]
    recorded = set[str]().union(*map(_recorded, calls))
    groups = {kind.partition(".")[0] for kind in recorded}
    logged = set[str]().union(*(_texts(c) for c in calls if is_log_method(c.func)))
    named = {
        text
        for tree in here
        for text in _texts(tree)
        if text.partition(".")[0] in groups and text not in logged
    }
    return (recorded | named) - _COLUMNS


def test_every_kind_of_event_is_somebodys_or_nobodys_by_name() -> None:
    found = _kinds()
    assert len(found) > 80
    assert sorted(found - FIELD_OF.keys()) == []


def test_a_kind_that_nobody_has_listed_is_nobodys() -> None:
    assert field_of("worker.sang") is None


@pytest.mark.parametrize(
    "kind",
    [
        *("worker.took_over", "case.entered", "filed.for_another", "phone.given"),
        *("callback.asked", "withdrawal.asked", "member.excluded", "case.joined"),
    ],
)
def test_what_tells_who_she_is_or_who_stepped_aside_is_no_committees(
    kind: str,
) -> None:
    field = field_of(kind)
    assert field in fields(Role.PARTNER, [Hat.PARTNER])
    assert field not in fields(Role.COMMITTEE, [Hat.HOLDER])
    assert field not in fields(Role.FACTORY_HEAD, [Hat.TOLD])
