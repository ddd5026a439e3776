"""A house with a folder for simulations of its own."""

from tests.simulations.api.conftest import house  # noqa: F401  # fixture
