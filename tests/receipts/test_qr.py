"""The QR code in a page: light, nameable, and allowed by the policy."""

import re
from xml.etree import ElementTree

import pytest
import segno
from hypothesis import given, strategies as st

from app.receipts.qr import qr_svg

SVG = "{http://www.w3.org/2000/svg}"
ADDRESS = "https://hotline.example.org/verify?r=TL1-48213454-20261201-" + "K9" * 56


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def dark(svg: str) -> set[tuple[int, int]]:
    """Return the modules that its dark path fills, as a browser would draw it."""
    path = parsed(svg).findall("path")[-1]
    filled: set[tuple[int, int]] = set()
    x, y = 0.0, 0.0
    for step, first, second in re.findall(
        r"([Mmh])(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?", path.attrib["d"]
    ):
        if step == "M":
            x, y = float(first), float(second)
        elif step == "m":
            x, y = x + float(first), y + float(second)
        else:
            filled |= {(int(x) + n, int(y)) for n in range(int(first))}
            x += float(first)
    return filled


def test_every_module_is_where_the_code_has_it() -> None:
    matrix = segno.make(ADDRESS, error="l", micro=False).matrix
    wanted = {
        (x + 4, y + 4)
        for y, row in enumerate(matrix)
        for x, module in enumerate(row)
        if module
    }
    assert dark(qr_svg(ADDRESS, "Receipt")) == wanted


def test_it_is_an_image_with_a_name_and_room_around_it() -> None:
    root = parsed(qr_svg(ADDRESS, "Receipt 4821-3454"))
    assert root.attrib == {"viewBox": "0 0 57 57", "class": "qr", "role": "img"}
    assert [child.tag for child in root] == ["title", "path", "path"]
    assert root[0].text == "Receipt 4821-3454"
    assert root[1].attrib == {"fill": "#fff", "d": "M0 0h57v57h-57z"}


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=60))
def test_a_title_is_text_whatever_is_in_it(title: str) -> None:
    root = parsed(qr_svg("TL1", title))
    assert (root[0].text or "") == title
    assert len(list(root.iter())) == 4


@pytest.mark.parametrize("word", ["style", "<script", "http", "xlink", "onload"])
def test_nothing_in_it_needs_the_policy_to_be_widened(word: str) -> None:
    assert word not in qr_svg(ADDRESS, "Receipt")


@given(
    st.text(
        st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=180
    )
)
def test_it_weighs_under_4_kb(text: str) -> None:
    svg = qr_svg(text, "আপনার অভিযোগের রসিদ 4821-3454")
    assert len(svg.encode()) < 4_096
