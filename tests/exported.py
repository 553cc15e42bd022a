"""Whether what a phone gets is among the texts that an operator registers."""

from functools import cache
from pathlib import Path

from app.actions.carrier_texts import all_texts
from app.wording.catalog import Catalog
from app.wording.registered import Texts


@cache
def texts() -> Texts:
    return all_texts(Catalog.load(Path(__file__).parents[1] / "locales"))


def must_be_exported(said: str, language: str | None) -> None:
    """Fail where a text reaches a phone that no operator was told to register."""
    text = texts().match(said, language)
    assert text is not None, f"{said!r} is not in `threadline texts export`"
    assert language in (None, text.language), f"{text.text_id} for {language}"
