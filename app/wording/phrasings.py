"""Sentences for talking with a worker: read in one language, sent in another."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_NO_LANGUAGE = ("id", "is")


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
            {code: said for code, said in entry.items() if code not in _NO_LANGUAGE},
        )
        for entry in tomllib.loads(text)["phrasing"]
    ]
    return {each.id: each for each in found}


def phrasing_of(words: str, language: str) -> Phrasing | None:
    """Return the prepared sentence that these words are, in this language."""
    said = words.strip()
    found = (each for each in phrasings().values() if each.texts[language] == said)
    return next(found, None)
