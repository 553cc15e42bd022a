"""What tells that a form came twice with the same words."""

from hashlib import sha256

from app.console.frame import Visit


def mark(visit: Visit, verb: str) -> str:
    """Return what is the same when the same form comes twice, blank without `once`.

    Of a form that was gone back to and corrected it is another: that is not the
    same act. Only the session's own token says nothing of what was meant.
    """
    if not visit.said("once", most=32):
        return ""
    sent = sorted(
        (name, value)
        for name, value in visit.form.multi_items()
        if name != "t" and isinstance(value, str)
    )
    where = visit.request.url.path
    said = "\0".join((verb, where, *(part for field in sent for part in field)))
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]
