"""The carriers that an installation uses, each with what its file asks for."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.carriers.model import Carrier
from app.carriers.shelf import BadCarrier, on_shelf
from app.carriers.templates import filled

PREFIX = "SMS_"
LEAST_SECRET = 16  # characters; fewer could be guessed
_FIT = re.compile(rf"[A-Za-z0-9_-]{{{LEAST_SECRET},}}")


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
        given = variables.get(name, {})
        problems += [
            f"{PREFIX}{name.upper()}_{needed} is missing: SMS_PROVIDERS names {name}."
            for needed in carrier.variables
            if not given.get(needed)
        ]
        if _is_unfit_for_a_path(carrier, given):
            problems.append(
                f"The secret in the addresses of {name} must be {LEAST_SECRET} or more"
                " letters, digits, - and _: it stands in a path."
            )
    if problems:
        raise BadCarrier(tuple(problems))
    return found


def _is_unfit_for_a_path(carrier: Carrier, given: Mapping[str, str]) -> bool:
    """Tell whether a secret is in a path, and is short or would have to be escaped."""
    secret = carrier.door.secret if carrier.door else None
    if secret is None or secret.place != "path":
        return False
    value = filled(secret.value, {**carrier.defaults, **given})
    return bool(value) and not _FIT.fullmatch(value or "")
