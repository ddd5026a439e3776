"""A house over an empty database of either kind, with the small policy in force and its ledger stored."""

from tests.services.standings_in_force.conftest import compiled, house  # noqa: F401  # fixtures
