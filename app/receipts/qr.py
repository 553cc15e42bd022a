"""A receipt as a QR code, drawn into the page that shows it."""

from html import escape

import segno

_QUIET = 4  # modules of white around it, as ISO/IEC 18004 asks


def qr_svg(text: str, title: str) -> str:
    """Return an SVG for a page whose policy forbids inline styles.

    It has no size of its own: the stylesheet gives one to `.qr`. Error
    correction is the least that costs no bytes: what is shown on a screen or
    printed on a card is not worn as a poster is, and a page must stay light.
    """
    drawn = segno.make(text, error="l", micro=False).svg_inline(
        omitsize=True, border=_QUIET, light="#fff", svgclass="qr", lineclass=None
    )
    name = escape(title)
    start, rest = drawn.split(">", 1)
    return f'{start} role="img"><title>{name}</title>{rest}'
