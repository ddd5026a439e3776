"""The application over a house to decide in, with a folder for simulations of its own."""

from tests.simulations.api.conftest import app, app_of_all, client, clock, house  # noqa: F401  # fixtures
