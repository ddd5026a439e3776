"""Drafts over HTTP: made from a version, a shipped policy or files, and edited under their ETag."""

from typing import Any, Final, TypedDict

from flask import Response, request
from flask.views import MethodView
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from policy_service.api.edge import changes, expected_revision, reads, the_call, with_etag
from policy_service.api.endpoints import Endpoints
from policy_service.api.paging import PageAsked, PageQuery
from policy_service.api.policies import POLICY, VERSION, in_one_transaction, versions_page
from policy_service.api.policy_bodies import VersionBody, VersionPage
from policy_service.domain.permissions import Permission
from policy_service.services.policy_life import drafts
from policy_service.services.policy_life.files import (
    FILE_NAME,
    LARGEST_SET,
    MOST_FILES,
    Files,
    read_files,
    shipped_files,
)
from policy_service.storage.errors import not_stored
from policy_service.storage.policy_store import PolicyStore

blueprint = Endpoints("drafts", __name__, url_prefix="/v1/policies", description="Drafts and their files")

#: A set of files as JSON: what is escaped takes up to twice its bytes, and quotes come besides.
LARGEST_BODY: Final = 3 * LARGEST_SET
_FILE: Final = f"{VERSION}/files/<string(maxlength=70):name>"
_SOURCES: Final = ("version", "folder", "files")


def _is_name(name: str) -> None:
    if not FILE_NAME.fullmatch(name):
        raise ValidationError("Name files with small letters, digits and _, and the ending .yaml.")


class FilesField(fields.Dict):
    """YAML files by name."""

    def __init__(self, **more: object) -> None:
        super().__init__(
            keys=fields.String(validate=_is_name, metadata={"pattern": f"^{FILE_NAME.pattern}$"}),
            values=fields.String(validate=validate.Length(max=LARGEST_SET)),
            validate=validate.Length(1, MOST_FILES),
            metadata={"maxProperties": MOST_FILES, "example": {"policy.yaml": "policy: manufacturer_cn\n"}},
            **more,  # type: ignore[arg-type]
        )


class NewDraft(Schema):
    """A draft to be made, from one of three."""

    version = fields.Integer(
        strict=True,
        validate=validate.Range(1, 999_999_999),
        metadata={"description": "A version of the policy.", "example": 1},
    )
    folder = fields.String(
        validate=validate.Length(1, 60), metadata={"description": "A policy under the rules folder of the service."}
    )
    files = FilesField()

    @validates_schema
    def one_source(self, given: dict[str, object], **_: object) -> None:
        """Refuse none and several."""
        if len(given) != 1:
            raise ValidationError(f"Give one of {', '.join(_SOURCES)}.")


class NewDraftAsked(TypedDict, total=False):
    """A validated draft to be made."""

    version: int
    folder: str
    files: dict[str, str]


class PolicyFilesBody(Schema):
    """All files of a version."""

    files = FilesField(required=True)


class PolicyFileBody(Schema):
    """The text of one file."""

    text = fields.String(
        required=True, validate=validate.Length(max=LARGEST_SET), metadata={"example": "decision_table: order_check\n"}
    )


@blueprint.before_request
def take_large_bodies() -> None:
    """Let the files of a version come, which are larger than other bodies."""
    request.max_content_length = LARGEST_BODY


@blueprint.route(f"{POLICY}/versions")
class VersionsView(MethodView):
    """The versions of a policy."""

    @reads(Permission.POLICIES_READ)
    @blueprint.problems(404)
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, VersionPage)
    def get(self, asked: PageAsked, policy_id: str) -> dict[str, object]:
        """List the versions of a policy, the newest first."""
        return versions_page(policy_id, asked)

    @changes(Permission.POLICIES_EDIT, creates=True, own_transactions=True)
    @blueprint.problems(404, 409)
    @blueprint.arguments(NewDraft)
    @blueprint.response(201, VersionBody)
    def post(self, asked: NewDraftAsked, policy_id: str) -> Response:
        """Make a draft, of a new policy too; files that cannot be read yet are kept all the same."""
        call = the_call()
        house, who = call.house, (call.actor, call.act)
        if "version" in asked:
            with house.database.reading() as session:
                files = PolicyStore(session).files(policy_id, asked["version"])
            read = read_files(policy_id, files, house.settings.rules_dir)
            return in_one_transaction(
                201, lambda session: drafts.draft_from_version(house, session, read, asked["version"], *who)
            )
        folder = asked.get("folder", "")
        given = shipped_files(folder, house.settings.rules_dir) if folder else asked["files"]
        read = read_files(policy_id, given, house.settings.rules_dir)
        said = {"folder": folder} if folder else {}
        return in_one_transaction(201, lambda session: drafts.draft_from_files(house, session, read, *who, said))


@blueprint.route(f"{VERSION}/files")
class FilesView(MethodView):
    """The files of a version."""

    @reads(Permission.POLICIES_READ)
    @blueprint.problems(404, 422)
    @blueprint.response(200, PolicyFilesBody)
    def get(self, policy_id: str, number: int) -> tuple[object, dict[str, str]]:
        """Show the YAML files of a version as they were edited."""
        files, revision = _files(policy_id, number)
        return with_etag({"files": files}, revision)

    @changes(Permission.POLICIES_EDIT, own_transactions=True)
    @blueprint.problems(404, 409, 428)
    @blueprint.arguments(PolicyFilesBody)
    @blueprint.response(200, VersionBody)
    def put(self, asked: dict[str, dict[str, str]], policy_id: str, number: int) -> Response:
        """Replace all files of a draft; a submitted version becomes a draft again, and its approvals are void."""
        return _saved(policy_id, number, expected_revision(), asked["files"])


@blueprint.route(_FILE)
class FileView(MethodView):
    """One file of a version."""

    @reads(Permission.POLICIES_READ)
    @blueprint.problems(404, 422)
    @blueprint.response(200, PolicyFileBody)
    def get(self, policy_id: str, number: int, name: str) -> tuple[object, dict[str, str]]:
        """Show one file of a version."""
        files, revision = _files(policy_id, number)
        if name not in files:
            raise not_stored(f"file {name} in version {number} of {policy_id}")
        return with_etag({"text": files[name]}, revision)

    @changes(Permission.POLICIES_EDIT, own_transactions=True)
    @blueprint.problems(404, 409, 428)
    @blueprint.arguments(PolicyFileBody)
    @blueprint.response(200, VersionBody)
    def put(self, asked: dict[str, str], policy_id: str, number: int, name: str) -> Response:
        """Replace or add one file of a draft, as replacing all does."""
        revision = expected_revision()
        with the_call().house.database.reading() as session:
            files = drafts.files_with(session, policy_id, number, revision, name, asked["text"])
        return _saved(policy_id, number, revision, files)

    @changes(Permission.POLICIES_EDIT, own_transactions=True)
    @blueprint.problems(404, 409, 422, 428)
    @blueprint.response(200, VersionBody)
    def delete(self, policy_id: str, number: int, name: str) -> Response:
        """Take one file of a draft away, as replacing all does."""
        revision = expected_revision()
        with the_call().house.database.reading() as session:
            files = drafts.files_without(session, policy_id, number, revision, name)
        return _saved(policy_id, number, revision, files)


def _saved(policy_id: str, number: int, revision: int, files: Files) -> Response:
    call = the_call()
    with call.house.database.reading() as session:
        PolicyStore(session).version(policy_id, number)
    read = read_files(policy_id, files, call.house.settings.rules_dir)
    return in_one_transaction(
        200, lambda session: drafts.save_files(call.house, session, read, number, revision, call.actor, call.act)
    )


def _files(policy_id: str, number: int) -> tuple[dict[str, Any], int]:
    store = PolicyStore(the_call().session)
    return dict(store.files(policy_id, number)), store.version(policy_id, number).revision
