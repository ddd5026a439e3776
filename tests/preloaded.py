"""What a process of the service imports, imported once for all that are forked from this one."""

import os

# The library of the figures decides when it is imported whether they are of several processes.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = os.devnull

import gunicorn.workers.gthread  # noqa: F401
import waitress.server  # noqa: F401

import policy_service.api.blueprints
import policy_service.app  # noqa: F401
import tests.api.house
import tests.services.webhooks.receiving  # noqa: F401

del os.environ["PROMETHEUS_MULTIPROC_DIR"]
