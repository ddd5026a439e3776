"""Whether the process lives, and whether it can answer."""

from collections.abc import Callable

import structlog
from flask import Blueprint

from policy_service.domain.instants import Instant
from policy_service.services.house import House
from policy_service.services.readiness import readiness

log = structlog.get_logger()


def health_blueprint(house: House, clock: Callable[[], Instant], let_in: Callable[[], None]) -> Blueprint:
    """Return the blueprint that answers GET /healthz without the database, and GET /readyz after a look at it."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> dict[str, str]:
        let_in()
        return {"status": "ok"}

    @blueprint.get("/readyz")
    def readyz() -> tuple[dict[str, object], int]:
        let_in()
        found = readiness(house, clock())
        said = {"missing": list(found.missing), "warnings": list(found.warnings)}
        if found.missing:
            log.warning("not_ready", missing=found.missing)
            return {"status": "not ready", **said}, 503
        return {"status": "ready", **said}, 200

    return blueprint
