"""The carriers that an installation uses, each with what its file asks for."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from app.carriers.abilities import Dialect
from app.carriers.door import networks_in
from app.carriers.model import Carrier
from app.carriers.shelf import BadCarrier, on_shelf
from app.carriers.templates import filled, names_in

PREFIX = "SMS_"
LEAST_SECRET = 16  # characters; fewer could be guessed
_FIT = re.compile(rf"[A-Za-z0-9_-]{{{LEAST_SECRET},}}")
# What is asked of each platform that stands beside Twilio, whatever its file says.
_PLATFORMS = ("ACCOUNT_SID", "AUTH_TOKEN", "API_BASE", "FROM")
# What sending asks for, whether or not a file has a place for it.
_OF_ALL = ("SENDER", "ENTITY_ID")


def enabled(
    names: Sequence[str],
    variables: Mapping[str, Mapping[str, str]],
    folder: Path | None,
) -> Mapping[str, Carrier]:
    """Return the carriers by name, in the order in which they are named.

    `variables` are what the environment says of each. Raise `BadCarrier` with
    every problem and its mending, and no value: a variable may be a secret.
    """
    shelf = on_shelf(folder)
    problems = [
        f"SMS_PROVIDERS names {name}, of which there is no file: one of"
        f" {', '.join(sorted(shelf))}, or NAME.toml in SMS_FOLDER."
        for name in names
        if name not in shelf
    ]
    found = {name: shelf[name] for name in names if name in shelf}
    for name, carrier in found.items():
        problems += _problems(carrier, variables.get(name, {}))
    if problems:
        raise BadCarrier(tuple(problems))
    return found


def variable_of(carrier: str, name: str) -> str:
    """Return what the environment calls a carrier's variable."""
    return f"{PREFIX}{carrier.upper()}_{name}"


def _problems(carrier: Carrier, given: Mapping[str, str]) -> Iterator[str]:
    if carrier.dialect is Dialect.TWILIO and not carrier.is_platform:
        yield (
            f"SMS_PROVIDERS names {carrier.name}, which needs no naming: TWILIO_…"
            " sets it up. Take it out there, and out of SMS_ROUTES unless it is"
            " twilio."
        )
        return
    for name in _needed(carrier):
        if not given.get(name):
            yield (
                f"{variable_of(carrier.name, name)} is missing: SMS_PROVIDERS names"
                f" {carrier.name}."
            )
    yield from _unknown(carrier, given)
    if _is_unfit_for_a_path(carrier, given):
        yield (
            f"{_secrets_name(carrier)} must be {LEAST_SECRET} or more letters, digits,"
            f" - and _: it stands in the addresses of {carrier.name}."
        )
    yield from _unfit_networks(carrier, given)


def _needed(carrier: Carrier) -> tuple[str, ...]:
    """Return the variables that the environment must give."""
    if not carrier.is_platform:
        return carrier.variables
    return tuple(dict.fromkeys((*carrier.variables, *_PLATFORMS)))


def _unknown(carrier: Carrier, given: Mapping[str, str]) -> Iterator[str]:
    """Name what is set and read by nobody, such as a name with a slip in it."""
    known = (*_needed(carrier), *carrier.defaults)
    for name in sorted(given.keys() - {*known, *_OF_ALL}):
        yield (
            f"{variable_of(carrier.name, name)} is not read by anything: of"
            f" {carrier.name} there are {', '.join(dict.fromkeys(known))}."
        )


def _is_unfit_for_a_path(carrier: Carrier, given: Mapping[str, str]) -> bool:
    """Tell whether a secret is in a path, and is short or would have to be escaped."""
    secret = carrier.door.secret if carrier.door else None
    if secret is None or secret.place != "path":
        return False
    value = filled(secret.value, {**carrier.defaults, **given})
    return bool(value) and not _FIT.fullmatch(value or "")


def _secrets_name(carrier: Carrier) -> str:
    secret = carrier.door.secret if carrier.door else None
    names = names_in(secret.value if secret else "")
    named = [variable_of(carrier.name, name) for name in names]
    return " with ".join(named) or f"The secret in {carrier.name}.toml"


def _unfit_networks(carrier: Carrier, given: Mapping[str, str]) -> Iterator[str]:
    """Name what says from where it comes and cannot be read: it lets nobody in."""
    for template in carrier.door.networks if carrier.door else ():
        try:
            networks_in(filled(template, {**carrier.defaults, **given}) or "")
        except ValueError:
            named = [variable_of(carrier.name, name) for name in names_in(template)]
            where = " with ".join(named) or f"door.networks in {carrier.name}.toml"
            yield (
                f"{where} must be networks such as 203.0.113.0/24, with a comma or a"
                " blank between them."
            )
