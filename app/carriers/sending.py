"""Our requests to a carrier, and what its answers mean."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from urllib.parse import quote_plus

from app.carriers.door import secret_field
from app.carriers.fields import Tree, holds, listed, text_at, tree_from
from app.carriers.inbound import fate_in, safe_code, why_at
from app.carriers.letters import is_gsm7, ucs2_hex
from app.carriers.model import Ask, Carrier, Codes, Search, SendAnswer
from app.carriers.numbers import at_home, without_plus
from app.carriers.templates import filled, filled_address, filled_tree
from app.carriers.wire import Outgoing, Refused, Request, Taken, Why
from app.domain.errors import BadInput

# What a template may ask for beside the variables.
NAMES = frozenset(
    "id id_hex id20 attempt each_attempt to to_digits to_national sender"
    " sender_digits text text_gsm7 text_ucs2 hex_ucs2 template report_url"
    " valid_minutes".split()
)
_DIGITS = "0123456789ABCDEFGHJKLMNPQRSTVWXYZ"
# Answers that say by their number alone who must do what.
_BY_STATUS = {402: Why.ACCOUNT, 408: Why.UNKNOWN, 429: Why.BUSY}


def request_for(
    carrier: Carrier, outgoing: Outgoing, variables: Mapping[str, str]
) -> Request:
    """Return the request that hands a text over."""
    assert carrier.sending is not None
    return _request(carrier, carrier.sending.ask, outgoing, variables)


def outcome_of(carrier: Carrier, status: int, body: bytes) -> Taken | Refused:
    """Say what an answer to `request_for` means.

    Where it says neither, the carrier may have the text: `Why.UNKNOWN`.
    """
    assert carrier.sending is not None
    answer = carrier.sending.answer
    try:
        tree = tree_from(answer.reading.kinds[0], body, answer.reading.patterns)
        return _outcome(answer, status, tree)
    except BadInput:
        return _refused(answer.whys, status, "")


def search_for(
    carrier: Carrier, outgoing: Outgoing, variables: Mapping[str, str]
) -> Request | None:
    """Return the request that asks after a text; None: it cannot be asked after."""
    if carrier.search is None:
        return None
    return _request(carrier, carrier.search.ask, outgoing, variables)


def found_in(carrier: Carrier, status: int, body: bytes) -> tuple[Taken, ...] | Refused:
    """Return what an answer to `search_for` says that the carrier has."""
    search = carrier.search
    assert search is not None
    try:
        tree = tree_from(search.reading.kinds[0], body, search.reading.patterns)
        return _found(search, status, tree)
    except BadInput:
        return _refused(Codes(), status, "")


def id20(owed_id: str) -> str:
    """Return 20 letters and digits that stand for an id, always the same."""
    number = int.from_bytes(sha256(owed_id.encode()).digest()[:13])
    letters = []
    for _ in range(20):
        number, rest = divmod(number, len(_DIGITS))
        letters.append(_DIGITS[rest])
    return "".join(letters)


def _request(
    carrier: Carrier, ask: Ask, outgoing: Outgoing, variables: Mapping[str, str]
) -> Request:
    values = _values(carrier, ask, outgoing, variables)
    url = filled_address(ask.url, values)
    fields = filled_tree(ask.fields, values) or {}
    headers = [
        (name, text)
        for name, template in ask.headers.items()
        if (text := filled(template, values)) is not None
    ]
    if ask.user:
        pair = f"{filled(ask.user, values)}:{filled(ask.password, values)}"
        headers.append(("authorization", f"Basic {b64encode(pair.encode()).decode()}"))
    if ask.body == "json":
        headers.append(("content-type", "application/json"))
        return Request(ask.method, url, tuple(headers), _as_json(fields))
    form = "&".join(_pairs(fields))
    if ask.body == "query":
        url = f"{url}?{form}" if form else url
        return Request(ask.method, url, tuple(headers), b"")
    headers.append(("content-type", "application/x-www-form-urlencoded"))
    return Request(ask.method, url, tuple(headers), form.encode())


def _pairs(fields: object) -> Iterator[str]:
    """Yield each field as a form has it; what is listed stands between commas."""
    assert isinstance(fields, Mapping)
    for name, value in fields.items():
        parts = value if isinstance(value, list) else [value]
        texts = (quote_plus(str(part), errors="replace") for part in parts)
        yield f"{quote_plus(name)}={','.join(texts)}"


def _as_json(fields: object) -> bytes:
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def _values(
    carrier: Carrier, ask: Ask, outgoing: Outgoing, variables: Mapping[str, str]
) -> dict[str, str]:
    is_plain = is_gsm7(outgoing.text)
    return {
        **carrier.defaults,
        **variables,
        **(ask.gsm7 if is_plain else ask.ucs2),
        "id": outgoing.id,
        "id_hex": outgoing.id.replace("-", ""),
        "id20": _short_id(outgoing),
        "attempt": str(outgoing.attempt),
        "to": outgoing.to,
        "to_digits": without_plus(outgoing.to),
        "to_national": at_home(outgoing.to),
        "sender": outgoing.sender,
        "sender_digits": without_plus(outgoing.sender),
        "text": outgoing.text,
        "text_gsm7": outgoing.text if is_plain else "",
        "text_ucs2": "" if is_plain else outgoing.text,
        "hex_ucs2": "" if is_plain else ucs2_hex(outgoing.text),
        "template": outgoing.template,
        "report_url": _report_url(carrier, outgoing, variables),
        "valid_minutes": _minutes(outgoing.valid_minutes),
    }


def _short_id(outgoing: Outgoing) -> str:
    """Return another id after each refusal: a carrier may keep a refused one.

    After a lost answer it is the same one, which the carrier then has once at most.
    """
    first = outgoing.first
    return id20(outgoing.id if first == 1 else f"{outgoing.id}.{first}")


def _minutes(left: int | None) -> str:
    return "" if left is None else str(max(left, 1))


def _report_url(
    carrier: Carrier, outgoing: Outgoing, variables: Mapping[str, str]
) -> str:
    secret = secret_field(carrier, variables)
    if not secret or not outgoing.report_url:
        return outgoing.report_url
    join = "&" if "?" in outgoing.report_url else "?"
    return f"{outgoing.report_url}{join}{secret}"


def _outcome(answer: SendAnswer, status: int, tree: Tree) -> Taken | Refused:
    if why_at(answer.repeated, answer.code, tree)[0]:
        return Taken(None)
    why, code = why_at(answer.whys, answer.code, tree)
    is_expected = status in answer.statuses if answer.statuses else 200 <= status < 300
    if not is_expected or not holds(answer.reading.when, tree):
        return _refused(answer.whys, status, code, why)
    given = text_at(tree, answer.id)
    if answer.id and not 0 < len(given) <= 200:
        return Refused(Why.UNKNOWN, "no_id")
    return Taken(given or None)


def _found(search: Search, status: int, tree: Tree) -> tuple[Taken, ...] | Refused:
    is_nothing, code = why_at(search.nothing, search.code, tree)
    if is_nothing or search.nothing.meaning(f"http {status}"):
        return ()
    if not 200 <= status < 300:
        return _refused(Codes(), status, code)
    items = listed(search.reading, tree)
    return tuple(
        _one_found(search, item) for item in items if holds(search.reading.when, item)
    )


def _one_found(search: Search, item: Tree) -> Taken:
    fate = fate_in(search.fate, item)
    given = text_at(item, search.id) or None
    if fate is None:
        return Taken(given)
    status, why, code = fate
    return Taken(given, status, why, code)


def _refused(
    whys: Codes[Why], status: int, code: str, why: Why | None = None
) -> Refused:
    """Class a refusal by the carrier's code, else by the number of the answer."""
    by_number = f"http {status}"
    why = why or whys.meaning(by_number) or _by_status(status)
    return Refused(why, safe_code(code) or by_number)


def _by_status(status: int) -> Why:
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    # A redirect is not followed: nothing was taken, and the address is wrong.
    return Why.CONFIG if 300 <= status < 500 else Why.UNKNOWN
