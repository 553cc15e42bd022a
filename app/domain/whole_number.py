"""A number that somebody typed or that stands in an address."""


def whole_number(text: str, *, most: int) -> int | None:
    """Return digits as the number that they are; None: no number, or too large.

    Python's own `int` takes the digits of every script, and raises at thousands
    of them; `str.isdigit` knows digits that `int` does not.
    """
    if not text.isascii() or not text.isdigit() or len(text) > len(str(most)):
        return None
    number = int(text)
    return number if number <= most else None
