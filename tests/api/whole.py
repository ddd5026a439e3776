"""The application as it is served: every endpoint, also those that need no key."""

from flask import Flask

from policy_service.app import app_of
from policy_service.services.house import House
from tests.api.house import Client, let_in


def whole_app(house: House) -> Flask:
    """Return the application that answers over the house, without its background."""
    app = app_of(house, elapsed=lambda: 0.0)
    app.test_client_class = Client
    let_in(app, house)
    return app
