"""An application with its layers and no rooms yet."""

from typing import Any

from fastapi import FastAPI
from starlette.middleware import Middleware

from app.edge.headers import SecurityHeaders
from app.edge.limits import BodyCap
from app.edge.metrics import Metrics
from app.edge.problems import answer_problems
from app.edge.request_id import RequestId

# Pages of the web form that may bring photos and voices; see `app.channels.web`.
WITH_FILES = frozenset({"/", "/talk"})
# The secretariat's files, which come once as they are and once more in a form.
LARGER = {"/room/admin/import": 1024 * 1024}


def bare_application(metrics: Metrics, *, lifespan: Any = None) -> FastAPI:
    """Return it; the layers are pure ASGI, outermost first.

    `BaseHTTPMiddleware` would run each request in a task of its own and cancel
    it half-way when the client goes (SECURITY.md 2, rows 14 and 18).
    """
    app = FastAPI(
        title="Threadline",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(RequestId, metrics=metrics),
            Middleware(BodyCap, but=WITH_FILES, larger=LARGER),
        ],
    )
    answer_problems(app)
    return app
