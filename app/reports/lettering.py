"""The words of a chart as outlines, shaped by Typst with the fonts shipped here.

A picture in a page loads no font, and the phones it is shown on lack half of the
scripts; drawers of SVG put the signs of Bengali and Tamil beside each other.
"""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import typst

SHEETS = Path(__file__).resolve().parent / "sheets"
FONTS = Path(__file__).resolve().parent.parent / "posters" / "fonts"

SVG = "http://www.w3.org/2000/svg"
_LINK = "http://www.w3.org/1999/xlink"
_MOVE = re.compile(r"(translate|rotate)\(([^)]*)\)")
_NUMBERS = re.compile(r"[ ,]+")
_ROUNDED = re.compile(r"-?\d+\.\d{3,}")

ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", _LINK)


@dataclass(frozen=True, slots=True)
class Word:
    """One piece of text and where its baseline begins, turned by `angle` degrees."""

    text: str
    x: float
    y: float
    angle: float
    size: float
    fill: str
    anchor: str
    weight: str


@dataclass(frozen=True, slots=True)
class _Place:
    x: float = 0
    y: float = 0
    angle: float = 0

    def then(self, transform: str) -> "_Place":
        """Return the place after the moves and turns of an element."""
        here = self
        for kind, given in _MOVE.findall(transform):
            numbers = [float(each) for each in _NUMBERS.split(given.strip())]
            if kind == "rotate":
                here = _Place(here.x, here.y, here.angle + numbers[0])
                continue
            across, down = numbers[0], numbers[1] if len(numbers) > 1 else 0.0
            turn = math.radians(here.angle)
            here = _Place(
                here.x + across * math.cos(turn) - down * math.sin(turn),
                here.y + across * math.sin(turn) + down * math.cos(turn),
                here.angle,
            )
        return here


def outlined(drawn: str, language: str) -> ElementTree.Element:
    """Return a drawn picture whose words are outlines."""
    picture = ElementTree.fromstring(drawn)  # noqa: S314 - drawn by ourselves
    words = list(_taken(picture, _Place()))
    if words:
        picture.extend(_set(words, picture, language))
    return picture


_SPOKEN = ("aria-", "role", "class", "pointer-events", "text-rendering")


def quiet(picture: ElementTree.Element) -> None:
    """Leave out what drawers say of every line: the picture has one description."""
    for element in picture.iter():
        for name in [name for name in element.attrib if name.startswith(_SPOKEN)]:
            del element.attrib[name]


def text_of(picture: ElementTree.Element) -> bytes:
    """Return the picture's file, its numbers no longer than can be seen."""
    written = ElementTree.tostring(picture, encoding="unicode")
    return _ROUNDED.sub(lambda m: f"{float(m[0]):.2f}", written).encode()


def _taken(element: ElementTree.Element, at: _Place) -> Iterator[Word]:
    """Take the words out of a picture, each with its place on the whole."""
    here = at.then(element.get("transform", ""))
    for child in list(element):
        if child.tag != f"{{{SVG}}}text":
            yield from _taken(child, here)
            continue
        element.remove(child)
        text = "".join(child.itertext()).strip()
        if text:
            place = here.then(child.get("transform", ""))
            yield Word(
                text=text,
                x=place.x,
                y=place.y,
                angle=place.angle,
                size=float(child.get("font-size", "11").removesuffix("px")),
                fill=child.get("fill", "#000000"),
                anchor=child.get("text-anchor", "start"),
                weight=child.get("font-weight", "regular"),
            )


def _set(
    words: list[Word], picture: ElementTree.Element, language: str
) -> list[ElementTree.Element]:
    data = {
        "language": language,
        "width": float(picture.get("width", "0")),
        "height": float(picture.get("height", "0")),
        "words": [asdict(word) for word in words],
    }
    made = typst.compile(
        SHEETS / "lettering.typ",
        root=SHEETS,
        font_paths=fonts(),
        format="svg",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        package_path=SHEETS,  # there are none, and none are fetched
        package_cache_path=SHEETS,
    )
    assert isinstance(made, bytes)  # one page
    letters = ElementTree.fromstring(made)  # noqa: S314 - set by ourselves
    return list(letters)


@cache
def fonts() -> typst.Fonts:
    """Return the fonts shipped here and no others: every machine draws the same."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
    )
