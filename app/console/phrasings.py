"""Sentences for talking with a worker: read in one language, sent in another."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from app.domain.taxonomy import LANGUAGES


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One sentence in every language of the hotline."""

    id: str
    asks: bool  # an answer is waited for
    texts: Mapping[str, str]

    def text(self, language: str) -> str:
        """Return it in a language; in English where it has none of that name."""
        return self.texts.get(language, self.texts["en"])


@cache
def phrasings() -> Mapping[str, Phrasing]:
    """Return all of them by id, in the order of the file."""
    text = files("app.data").joinpath("phrasings.toml").read_text("utf-8")
    found = [
        Phrasing(
            entry["id"],
            entry["is"] == "ask",
            {code: entry[code] for code in LANGUAGES},
        )
        for entry in tomllib.loads(text)["phrasing"]
    ]
    return {each.id: each for each in found}
