"""An empty house on either database; what stands in it a test says."""

from tests.services.escalation.conftest import house  # noqa: F401  # a fixture
