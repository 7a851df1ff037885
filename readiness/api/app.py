"""The HTTP API under `/api/v1/`: what the command line answers, for whoever shows a token.

Described at `/api/v1/openapi.json`. Every failure is one sentence, with the file and the place where there are any.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from readiness import __version__
from readiness.errors import ReadinessError
from readiness.services import Store

from .dependencies import only_known
from .refusals import FAILS, TokensShown, other, refusal, unread
from .routes import gaps, imports, packs, systems


def build(store: Callable[[], Store]) -> FastAPI:
    """The application; `store` gives the store that is served."""
    app = FastAPI(
        title="readiness",
        version=__version__,
        summary="Evidence that an LLM feature is ready for an enterprise rollout, and the verdict from it.",
        docs_url=None,
        redoc_url=None,
        responses=FAILS,
    )
    app.state.store = store
    app.add_exception_handler(ReadinessError, lambda _, exc: refusal(cast("ReadinessError", exc)))
    app.add_exception_handler(RequestValidationError, lambda _, exc: unread(cast("RequestValidationError", exc)))
    app.add_exception_handler(HTTPException, lambda _, exc: other(cast("HTTPException", exc)))
    for subject in (systems, packs, gaps, imports):
        app.include_router(subject.ROUTES, dependencies=[Depends(only_known)])
    app.add_middleware(TokensShown)
    return app
