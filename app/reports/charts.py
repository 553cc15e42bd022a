"""Charts as still pictures, drawn by Vega-Lite on the server.

A bar is labelled with its number, so that no axis has to be read, and what is not
told is a word in its place, never a bar of no length. No colour means good or bad.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.etree import ElementTree

import vl_convert

from app.reports.document import Bar, Chart
from app.reports.lettering import FONTS, SVG, outlined, quiet, text_of

# As wide as a phone with its margins; a wider screen shows it no larger.
WIDTH = 328
_BAR = 18
_WIDEST = 64  # of a standing bar and the gap beside it
_MARGIN = 12
# The language's own script first: its letters are then shaped as one word.
_FAMILIES = {
    "bn": "Noto Sans Bengali, Noto Sans",
    "hi": "Noto Sans Devanagari, Noto Sans",
    "ta": "Noto Sans Tamil, Noto Sans",
}
_INK = "#1f2328"
_SOFT = "#57606a"

# Told apart also by those who do not see red and green, and in a photocopy; the
# words of the page go from the darkest to the lightest.
SHADES = ("#0f4c5c", "#4f93a8", "#c9b458", "#d9dee3")

_DARK = (
    "@media (prefers-color-scheme: dark) {"
    f"[fill='{_INK}']{{fill:#e8eaed}}[fill='{_SOFT}']{{fill:#a9b1ba}}"
    f"path[fill='{SHADES[0]}']{{fill:#6fc3d6}}path[fill='{SHADES[1]}']{{fill:#3f7f92}}"
    f"path[fill='{SHADES[3]}']{{fill:#5a636d}}line{{stroke:#4a525b}}"
    "}"
)


def svg(chart: Chart, language: str) -> bytes:
    """Return the picture, its title and description inside and its words outlined."""
    _learn_fonts()
    picture = outlined(vl_convert.vegalite_to_svg(spec(chart, language)), language)
    quiet(picture)
    picture.set("role", "img")
    named = []
    for tag, words in (("title", chart.title), ("desc", chart.alt), ("style", _DARK)):
        element = ElementTree.Element(f"{{{SVG}}}{tag}")
        element.text = words
        named.append(element)
    picture[:0] = named
    return text_of(picture)


def spec(chart: Chart, language: str) -> dict[str, Any]:
    """Return the Vega-Lite specification of a chart."""
    parts = list(dict.fromkeys(bar.part for bar in chart.bars))
    made = _over_time(chart, parts) if chart.is_over_time else _lying(chart, parts)
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": "transparent",
        "padding": {"left": 2, "top": 2, "right": 2, "bottom": 16}
        if chart.is_over_time
        else 2,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "width": WIDTH,
        **made,
        "config": {
            "font": f"{_FAMILIES.get(language, 'Noto Sans')}, sans-serif",
            "view": {"stroke": None},
            "axis": {
                "labelColor": _INK,
                "titleColor": _SOFT,
                "labelFontSize": 12,
                "labelLimit": 300,
                "domainColor": "#8c959f",
            },
            "text": {"color": _INK, "fontSize": 12},
            "legend": {
                "labelColor": _INK,
                "labelFontSize": 12,
                "labelLimit": 300,
                "symbolType": "square",
            },
        },
    }


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a lying chart: a label over its bar."""

    label: str
    bars: tuple[Bar, ...]


def _lying(chart: Chart, parts: Sequence[str]) -> dict[str, Any]:
    """Bars that lie, each under its label: words of any length fit on a phone."""
    lines = _lines(chart.bars)
    most = max((_length(line) for line in lines), default=0) or 1
    marks: list[dict[str, Any]] = []
    for row, line in enumerate(lines):
        start = 0.0
        for bar in line.bars:
            marks.append(
                {
                    "row": row,
                    "label": line.label,
                    "part": bar.part,
                    "from": start,
                    "to": start + (bar.value or 0),
                    "drawn": bar.value is not None and bar.value > 0,
                }
            )
            start += bar.value or 0
    texts = [
        {"row": row, "label": line.label, "end": _length(line), "text": _text(line)}
        for row, line in enumerate(lines)
    ]
    y = {
        "field": "row",
        "type": "ordinal",
        "axis": None,
        "scale": {"paddingInner": 0.55, "paddingOuter": 0.5},
    }
    x = {"type": "quantitative", "axis": None, "scale": {"domain": [0, most * 1.6]}}
    bars = {
        "data": {"values": [m for m in marks if m["drawn"]]},
        "mark": {"type": "bar", "height": _BAR},
        "encoding": {
            "y": y,
            "x": {"field": "from", **x},
            "x2": {"field": "to"},
            "color": _colours(parts),
        },
    }
    labels = {
        "data": {"values": texts},
        "mark": {"type": "text", "align": "left", "baseline": "bottom", "dy": -11},
        "encoding": {
            "y": y,
            "x": {"datum": 0, **x},
            "text": {"field": "label"},
        },
    }
    values = {
        "data": {"values": texts},
        "mark": {
            "type": "text",
            "align": "left",
            "baseline": "middle",
            "dx": 5,
            "color": _SOFT,
        },
        "encoding": {
            "y": y,
            "x": {"field": "end", **x},
            "text": {"field": "text"},
        },
    }
    return {"height": {"step": 46}, "layer": [bars, labels, values]}


def _over_time(chart: Chart, parts: Sequence[str]) -> dict[str, Any]:
    """Bars that stand, a quarter each; the words of one not told lie along it."""
    told = [
        {"label": bar.label, "part": bar.part, "value": bar.value, "text": bar.text}
        for bar in chart.bars
        if bar.value is not None
    ]
    untold = [
        {"label": bar.label, "text": bar.text}
        for bar in chart.bars
        if bar.value is None
    ]
    order = list(dict.fromkeys(bar.label for bar in chart.bars))
    most = max((bar.value or 0 for bar in chart.bars), default=0) or 1
    x = {
        "field": "label",
        "type": "ordinal",
        "sort": order,
        "title": None,
        "axis": {"labelAngle": -90, "ticks": False},
        "scale": {"domain": order},
    }
    y = {"type": "quantitative", "axis": None, "scale": {"domain": [0, most * 1.15]}}
    return {
        "width": min(WIDTH, _WIDEST * len(order) + _MARGIN),
        "height": 180,
        "layer": [
            {
                "data": {"values": told},
                "mark": {"type": "bar"},
                "encoding": {
                    "x": x,
                    "y": {"field": "value", **y},
                    "color": _colours(parts),
                },
            },
            {
                "data": {"values": told},
                "mark": {
                    "type": "text",
                    "baseline": "bottom",
                    "dy": -3,
                    "fontSize": 11,
                },
                "encoding": {
                    "x": x,
                    "y": {"field": "value", **y},
                    "text": {"field": "text"},
                },
            },
            {
                "data": {"values": untold},
                "mark": {
                    "type": "text",
                    "angle": 270,
                    "align": "left",
                    "baseline": "middle",
                    "dx": 4,
                    "fontSize": 11,
                    "color": _SOFT,
                },
                "encoding": {
                    "x": x,
                    "y": {"datum": 0, **y},
                    "text": {"field": "text"},
                },
            },
        ],
    }


def _lines(bars: Sequence[Bar]) -> list[_Line]:
    labels = dict.fromkeys(bar.label for bar in bars)
    return [
        _Line(label, tuple(bar for bar in bars if bar.label == label))
        for label in labels
    ]


def _length(line: _Line) -> float:
    return sum(bar.value or 0 for bar in line.bars)


def _text(line: _Line) -> str:
    """Return the numbers of a line; one word where all its parts say the same."""
    return (
        " · ".join(dict.fromkeys(bar.text for bar in line.bars))
        if (all(bar.value is None for bar in line.bars))
        else " · ".join(bar.text for bar in line.bars)
    )


def _colours(parts: Sequence[str]) -> dict[str, Any]:
    legend = (
        {
            "orient": "top",
            "title": None,
            "direction": "vertical",
            "columns": 1,
        }
        if len(parts) > 1
        else None
    )
    return {
        "field": "part",
        "type": "nominal",
        "scale": {"domain": list(parts), "range": list(SHADES[: len(parts)])},
        "legend": legend,
    }


@cache
def _learn_fonts() -> None:
    """Tell the drawer of the fonts shipped here, once a process."""
    vl_convert.register_font_directory(str(FONTS))
