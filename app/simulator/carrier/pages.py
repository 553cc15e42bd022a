"""Lists as the API gives them: newest first, filtered by dates, in pages."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request

_USUAL_PAGE, _LARGEST_PAGE = 50, 1000
_OWN = frozenset({"PageSize", "Page", "PageToken"})


class Numbered(Protocol):
    """Anything with a running number."""

    order: int


Item = TypeVar("Item", bound=Numbered)


def page_of(
    request: Request,
    name: str,
    items: Iterable[Item],
    shape: Callable[[Item], dict[str, Any]],
) -> dict[str, Any]:
    """Return one page. Its token stays right while rows come and go."""
    query = request.query_params
    size = min(max(_number(query.get("PageSize"), _USUAL_PAGE), 1), _LARGEST_PAGE)
    number = _number(query.get("Page"), 0)
    before = _number(query.get("PageToken", "").removeprefix("PA"), -1)
    rows = sorted(items, key=lambda item: item.order, reverse=True)
    if before >= 0:
        rows = [row for row in rows if row.order < before]
    else:
        rows = rows[number * size :]
    shown, rest = rows[:size], rows[size:]
    kept = [(key, value) for key, value in query.multi_items() if key not in _OWN]

    def uri(page: int, token: str = "") -> str:
        more = [("PageSize", str(size)), ("Page", str(page))]
        if token:
            more.append(("PageToken", token))
        return f"{_path(request)}?{urlencode(kept + more)}"

    return {
        "end": number * size + max(len(shown) - 1, 0),
        "first_page_uri": uri(0),
        "next_page_uri": uri(number + 1, f"PA{shown[-1].order}") if rest else None,
        "page": number,
        "page_size": size,
        "previous_page_uri": uri(number - 1) if number else None,
        name: [shape(row) for row in shown],
        "start": number * size,
        "uri": uri(number),
    }


def is_within(request: Request, name: str, at: datetime | None) -> bool:
    """Tell whether a moment fits the filters `name`, `name<` and `name>`.

    A bare day is the whole of it, in UTC; both bounds are inclusive. The API
    itself knows whole seconds only.
    """
    query = request.query_params
    bounds = {sign: query.get(f"{name}{sign}") for sign in ("", "<", ">")}
    if not any(bounds.values()):
        return True
    if at is None:
        return False
    at = at.replace(microsecond=0)
    for sign, text in bounds.items():
        if not text:
            continue
        first, last = _span(text)
        if sign != "<" and at < first:
            return False
        if sign != ">" and at > last:
            return False
    return True


def matches(request: Request, **values: str) -> bool:
    """Tell whether each of these values is what the query asks, if it asks."""
    return all(
        request.query_params.get(name, value) == value for name, value in values.items()
    )


def _span(text: str) -> tuple[datetime, datetime]:
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    is_day = len(text) == len("2026-01-01")
    return at, at + timedelta(days=1, seconds=-1) if is_day else at


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() else otherwise


def _path(request: Request) -> str:
    """Return the path as the API names it, wherever the app is mounted."""
    root: Sequence[str] = request.scope.get("root_path", "")
    return str(request.scope["path"]).removeprefix(str(root))
