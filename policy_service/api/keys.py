"""/v1/keys: API keys, made and rotated by their owner, shown once, revoked."""

from dataclasses import asdict
from typing import Any, TypedDict

from flask.views import MethodView
from marshmallow import Schema, fields, validate

from policy_service.api.edge import changes, reads, the_call, with_etag
from policy_service.api.endpoints import Endpoints
from policy_service.api.fields import InstantField, Name
from policy_service.api.idempotency import keep_instead
from policy_service.api.paging import PageAsked, PageQuery, page_of, position_of
from policy_service.api.services_called import at_revision, done
from policy_service.domain.instants import SECOND, Instant
from policy_service.domain.permissions import Permission
from policy_service.running import new_key_secret
from policy_service.services.keys import (
    LONGEST_OVERLAP,
    NewKey,
    create_key,
    key_text,
    keys_of,
    revoke_key,
    rotate_key,
    the_key,
)
from policy_service.storage.key_store import StoredKey

blueprint = Endpoints("keys", __name__, url_prefix="/v1", description="API keys of people and their systems")
#: What is done to a key may name its revision.
_at_revision = blueprint.may_name_revision("the key")


class KeyWanted(TypedDict):
    """A validated request for a key."""

    name: str
    scopes: list[Permission]
    requests_per_minute: int | None
    expires_at: Instant | None


class KeysAsked(PageAsked, total=False):
    """A validated question for keys."""

    owner: str


class KeyRequest(Schema):
    """A key that somebody wants for a system of their own."""

    name = Name(200, required=True, metadata={"description": "What it is for.", "example": "Web shop"})
    scopes = fields.List(
        fields.Enum(Permission, by_value=True),
        required=True,
        validate=validate.Length(1, len(Permission)),
        metadata={"description": "What it may do; nothing that its owner may not.", "example": ["keys:own"]},
    )
    requests_per_minute = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(1, 1_000_000)
    )
    expires_at = InstantField(load_default=None, allow_none=True)


class KeyAnswer(Schema):
    """A key, without its secret."""

    key_id = fields.String(metadata={"example": "0198c1d2a3b4c5d6e7f8091a2b3c4d5e"})
    owner = fields.String(metadata={"example": "ada"})
    name = fields.String(metadata={"example": "Web shop"})
    scopes = fields.List(fields.String(), metadata={"example": ["decisions:ask"]})
    requests_per_minute = fields.Integer(allow_none=True)
    created_at = InstantField()
    expires_at = InstantField(allow_none=True)
    revoked_at = InstantField(allow_none=True)
    last_used_at = InstantField(allow_none=True, metadata={"description": "To the minute."})
    replaces = fields.String(allow_none=True, metadata={"description": "The key that it took over from."})


class NewKeyAnswer(KeyAnswer):
    """A key that was just made; its secret is shown this once, and null when the request is sent again."""

    key = fields.String(allow_none=True, metadata={"example": "cps_0198c1d2a3b4c5d6e7f8091a2b3c4d5e_..."})


class KeyPage(Schema):
    """Some keys, the newest first."""

    items = fields.List(fields.Nested(KeyAnswer))
    next_cursor = fields.String(allow_none=True)


class KeysQuery(PageQuery):
    """Whose keys are asked for; without the scope keys:all only one's own are."""

    owner = Name(100)


class RotationRequest(Schema):
    """How long the old secret counts beside the new one."""

    overlap_seconds = fields.Integer(
        strict=True,
        load_default=3_600,
        validate=validate.Range(0, LONGEST_OVERLAP // SECOND),
        metadata={"description": "At most a day.", "example": 3600},
    )


@blueprint.route("/keys")
class KeysView(MethodView):
    """The keys."""

    @reads(Permission.KEYS_OWN)
    @blueprint.arguments(KeysQuery, location="query")
    @blueprint.response(200, KeyPage)
    def get(self, asked: KeysAsked) -> dict[str, object]:
        """List keys, the newest first: one's own, with keys:all everybody's."""
        call = the_call()
        behind: Any = position_of(asked["cursor"], int, str)
        keys = keys_of(call.session, asked.get("owner"), call.actor, behind, asked["limit"] + 1)
        return page_of(list(map(_answer, keys)), asked["limit"], lambda key: (key["created_at"], key["key_id"]))

    @changes(Permission.KEYS_OWN, creates=True)
    @blueprint.arguments(KeyRequest)
    @blueprint.response(201, NewKeyAnswer)
    def post(self, wanted: KeyWanted) -> tuple[object, dict[str, str]]:
        """Make a key of one's own; the answer is the only one that shows it."""
        new = NewKey(wanted["name"], frozenset(wanted["scopes"]), wanted["requests_per_minute"], wanted["expires_at"])
        secret = new_key_secret()
        return _shown_once(done(create_key, new, secret), secret)


@blueprint.route("/keys/<string:key_id>")
class KeyView(MethodView):
    """One key."""

    @reads(Permission.KEYS_OWN)
    @blueprint.problems(404)
    @blueprint.response(200, KeyAnswer)
    def get(self, key_id: str) -> tuple[object, dict[str, str]]:
        """Show a key of one's own, with keys:all anybody's."""
        call = the_call()
        return _tagged(the_key(call.session, key_id, call.actor))

    @changes(Permission.KEYS_OWN)
    @_at_revision
    @blueprint.problems(404)
    @blueprint.response(200, KeyAnswer)
    def delete(self, key_id: str) -> tuple[object, dict[str, str]]:
        """Revoke a key of one's own, with keys:all anybody's: it counts no more from now on."""
        return _tagged(done(at_revision(revoke_key), key_id))


@blueprint.route("/keys/<string:key_id>/rotation")
class KeyRotationView(MethodView):
    """A key that takes over from another."""

    @changes(Permission.KEYS_OWN, creates=True)
    @_at_revision
    @blueprint.problems(404, 409)
    @blueprint.arguments(RotationRequest)
    @blueprint.response(201, NewKeyAnswer)
    def post(self, wanted: dict[str, int], key_id: str) -> tuple[object, dict[str, str]]:
        """Make a key that takes over from one's own, which counts a while longer; the answer alone shows it."""
        secret = new_key_secret()
        overlap = wanted["overlap_seconds"] * SECOND
        return _shown_once(done(at_revision(rotate_key), key_id, overlap, secret), secret)


def _answer(key: StoredKey) -> dict[str, Any]:
    said = asdict(key)
    return {"owner": said.pop("login"), **said}


def _tagged(key: StoredKey) -> tuple[object, dict[str, str]]:
    return with_etag(_answer(key), key.revision)


def _shown_once(key: StoredKey, secret: str) -> tuple[object, dict[str, str]]:
    answer = _answer(key)
    dumped: dict[str, object] = NewKeyAnswer().dump({**answer, "key": None})
    keep_instead(dumped)
    return with_etag({**answer, "key": key_text(key.key_id, secret)}, key.revision)
