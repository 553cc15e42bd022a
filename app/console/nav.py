"""Which rooms somebody finds in the bar at the top of every page."""

from app.domain.permissions import may_open
from app.domain.taxonomy import Role
from app.wording.line import N_

# The page's name, its address, and what the bar calls it.
_ROOMS = (
    ("today", "/room", N_("Today")),
    ("cases", "/room/cases", N_("Cases")),
    ("triage", "/room/partner", N_("Triage")),
    ("clusters", "/room/clusters", N_("Clusters")),
    ("committee", "/room/committee", N_("Committee")),
    ("brand", "/room/brand", N_("Escalations")),
    ("brand-hooks", "/room/brand/hooks", N_("Webhooks")),
    ("indicators", "/room/indicators", N_("Indicators")),
    ("auditor", "/room/auditor", N_("Auditor")),
    ("figures", "/room/figures", N_("Figures")),
    ("admin", "/room/admin", N_("Programme")),
    ("me", "/room/me", N_("My account")),
)


def nav(role: Role) -> list[tuple[str, str]]:
    """Return address and name of each room that the role has."""
    return [(path, label) for name, path, label in _ROOMS if may_open(role, name)]


def here(role: Role, at: str) -> str:
    """Return the address of the room in which a page stands: the longest wins."""
    found = [path for path, _ in nav(role) if at == path or at.startswith(f"{path}/")]
    return max(found, key=len, default="")
