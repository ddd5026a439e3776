"""The composition root of the HTTP service: settings in, a Flask application out."""

from flask import Flask
from flask_smorest import Api

from policy_service import __version__
from policy_service.api.decisions import blueprint, close_desk, open_desk
from policy_service.api.problems import register_problems
from policy_service.api.strict_json import use_strict_json
from policy_service.domain.errors import SettingsError
from policy_service.language.definitions.dictionary_files import load_dictionary
from policy_service.ledger.mapping import load_mapping
from policy_service.services.days import day_after_last_entry
from policy_service.services.decide import Decider
from policy_service.services.import_ledger import import_ledger
from policy_service.services.policies import find_policy, policy_in
from policy_service.settings import Settings

#: The largest request body; a decision's is a few hundred bytes.
MAX_BODY = 256 * 1024


def create_app(settings: Settings) -> Flask:
    """Return the application with its policy compiled and its ledger loaded.

    SettingsError S104 without a ledger; whatever the policy or the ledger cannot be read for stops the start.
    """
    if settings.ledger_dir is None:
        raise SettingsError("S104", "No ledger is named.", remedy="Set LEDGER_DIR, or start with --ledger DIR.")
    policy = policy_in(find_policy(settings.default_policy, settings.rules_dir), settings.rules_dir)
    mapping = load_mapping(settings.ledger_mapping) if settings.ledger_mapping else None
    declared = {**load_dictionary(settings.rules_dir).facts, **policy.facts}
    ledger = import_ledger(settings.ledger_dir, policy.currency, declared, mapping).ledger
    app = Flask(__name__)
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        API_TITLE="Credit policy service",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    use_strict_json(app)
    open_desk(app, Decider(policy, ledger), day_after_last_entry(ledger))
    api = Api()
    # Every operation documents its own problems; the library's error shape is not ours.
    api.DEFAULT_ERROR_RESPONSE_NAME = None
    api.init_app(app)
    api.register_blueprint(blueprint)
    register_problems(app)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return app


def close_app(app: Flask) -> None:
    """Free what `app` holds outside Python; it decides nothing afterwards."""
    close_desk(app)
