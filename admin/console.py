"""The console as an application of its own: nothing that a browser is signed in with opens the API, or the reverse."""

from collections.abc import Callable
from typing import Final

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme
from flask_wtf import CSRFProtect
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from admin.company_sign_in import add_company_sign_in
from admin.doing import keep_what_was_typed
from admin.errors import register_errors
from admin.languages import use_languages
from admin.numbers import register_filters
from admin.protection import protect, sign_cookies
from admin.screens.connections.discovered import keep_discoveries
from admin.screens.every_screen import add_screens, home
from admin.screens.imports.uploading import allow_uploads
from admin.screens.simulations.words import register_words
from admin.signing_in import count_attempts, sign_in_blueprint
from admin.values import register_values
from admin.visitors import Visits, receive, use_visits
from policy_service.api.addresses import NumberConverter
from policy_service.api.request_ids import use_request_ids
from policy_service.domain.instants import Instant
from policy_service.running import now
from policy_service.services.house import House

#: Below which path everything of the console is.
PATH: Final = "/console"
#: The largest form; files for import go to an address of their own.
MAX_FORM: Final = 2 * 1024 * 1024


def add_console(app: Flask, house: House, clock: Callable[[], Instant] = now) -> Flask:
    """Let `app` answer below `/console` by the console; return the console's own application."""
    console = console_of(house, clock)
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {PATH: console})  # type: ignore[method-assign]
    return console


def console_of(house: House, clock: Callable[[], Instant] = now) -> Flask:
    """Return the console over a house that is open already, acting at the instants of `clock`."""
    console = Flask(__name__, static_folder="static", template_folder="templates")
    console.config["MAX_CONTENT_LENGTH"] = MAX_FORM
    console.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the sign-in lasts
    console.url_map.converters["int"] = NumberConverter
    use_request_ids(console)
    protect(console)
    use_languages(console)
    use_visits(console)
    allow_uploads(console)
    CSRFProtect(console)
    register_errors(console)
    register_filters(console)
    register_values(console)
    register_words(console)
    keep_what_was_typed(console)
    signing_in = sign_in_blueprint()
    if house.settings.oidc_issuer:
        add_company_sign_in(signing_in)
    console.register_blueprint(signing_in)
    screens = Admin(
        console,
        name="Credit policy",
        index_view=home(),
        theme=Bootstrap4Theme(base_template="console/screen.html"),
    )
    add_screens(screens)
    open_console(console, house, clock)
    return console


def open_console(console: Flask, house: House, clock: Callable[[], Instant] = now) -> None:
    """Let the console act over this house from now on, knowing nothing of whom or what it met before."""
    sign_cookies(console, house, clock)
    receive(console, Visits(house, clock))
    count_attempts(console)
    keep_discoveries(console)
