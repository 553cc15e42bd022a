"""The carriers that we have files of: the shipped ones and the operator's own."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from app.carriers.described import BadCarrier, read_carrier
from app.carriers.model import Carrier

__all__ = ["BadCarrier", "on_shelf", "read_carrier"]

_ENDING = ".toml"


def on_shelf(folder: Path | None = None) -> Mapping[str, Carrier]:
    """Return every carrier by name; a file in `folder` goes before the shipped one.

    Raise `BadCarrier` with every problem in every file.
    """
    if folder is None:
        return _shipped()
    paths = {
        path.name.removesuffix(_ENDING): path
        for path in sorted(folder.glob(f"*{_ENDING}"))
    }
    return {**_shipped(), **_read(paths)}


@cache
def _shipped() -> Mapping[str, Carrier]:
    found = files(__package__).joinpath("files").iterdir()
    return _read(
        {
            each.name.removesuffix(_ENDING): each
            for each in sorted(found, key=lambda each: each.name)
            if each.name.endswith(_ENDING)
        }
    )


def _read(paths: Mapping[str, Traversable]) -> dict[str, Carrier]:
    carriers: dict[str, Carrier] = {}
    problems: list[str] = []
    for name, path in paths.items():
        try:
            carriers[name] = read_carrier(name, path.read_text(encoding="utf-8"))
        except UnicodeDecodeError as bad:
            problems.append(
                f"{name}{_ENDING}: it is not UTF-8 (byte {bad.start}): save it as UTF-8"
            )
        except OSError as bad:
            problems.append(f"{name}{_ENDING}: {bad.strerror or 'it cannot be read'}")
        except BadCarrier as bad:
            problems += bad.problems
    if problems:
        raise BadCarrier(tuple(problems))
    return carriers
