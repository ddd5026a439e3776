"""/v1/people: who they are, and the roles that are proposed for them, granted and withdrawn."""

from dataclasses import asdict
from typing import Any, Final

from flask.views import MethodView
from marshmallow import Schema, fields, validate

from policy_service.api.edge import changes, expected_revision, reads, the_call, with_etag
from policy_service.api.endpoints import Endpoints
from policy_service.api.fields import Flag, InstantField, Name
from policy_service.api.paging import PageAsked, PageQuery, page_of, position_of
from policy_service.api.services_called import Verb, at_revision, done
from policy_service.domain.permissions import Permission, Role
from policy_service.services.people import (
    LOGIN,
    LONGEST_LOGIN,
    NewPerson,
    Person,
    add_person,
    change_person,
    people_behind,
    the_person,
)
from policy_service.services.roles import agree_to_role, give_role, withdraw_role
from policy_service.storage.errors import not_stored
from policy_service.storage.people_store import StoredRole

blueprint = Endpoints("people", __name__, url_prefix="/v1", description="People and their roles")
#: What is done to a person's roles may name the person's revision.
_at_revision = blueprint.may_name_revision("the person")

_ROLES: Final = frozenset(Role)
_PATH: Final = "/people/<string:login>"


class PersonRequest(Schema):
    """Somebody to be added."""

    login = fields.String(
        required=True,
        validate=[validate.Length(1, LONGEST_LOGIN), validate.Regexp(LOGIN + r"\Z", error="Give a login: a.chen.")],
        metadata={"description": "For good: no account becomes another's.", "example": "a.chen"},
    )
    name = Name(200, required=True, metadata={"example": "Ada Chen"})
    email = Name(200, least=0, load_default="", metadata={"example": "a.chen@example.com"})


class PersonChange(Schema):
    """What is to be different; what is left out stays."""

    name = Name(200)
    email = Name(200, least=0)
    active = Flag(attribute="is_active", metadata={"description": "false takes every key and role away at once."})


class RoleAnswer(Schema):
    """A role of a person."""

    role = fields.String(metadata={"example": "approver"})
    state = fields.String(metadata={"description": "proposed, granted or withdrawn", "example": "proposed"})
    proposed_by = fields.String(allow_none=True, metadata={"example": "ada"})
    proposed_at = InstantField()
    granted_by = fields.String(allow_none=True)
    granted_at = InstantField(allow_none=True)


class PersonAnswer(Schema):
    """A person with the roles that are granted or proposed."""

    login = fields.String(metadata={"example": "a.chen"})
    name = fields.String()
    email = fields.String()
    active = fields.Boolean(attribute="is_active")
    created_at = InstantField()
    roles = fields.List(fields.Nested(RoleAnswer))


class PeoplePage(Schema):
    """Some people, in order of their logins."""

    items = fields.List(fields.Nested(PersonAnswer))
    next_cursor = fields.String(allow_none=True)


@blueprint.route("/people")
class PeopleView(MethodView):
    """The people."""

    @reads(Permission.PEOPLE_READ)
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, PeoplePage)
    def get(self, asked: PageAsked) -> dict[str, object]:
        """List people, in order of their logins."""
        behind = position_of(asked["cursor"], str)
        people = people_behind(the_call().session, str(behind[0]) if behind else "", asked["limit"] + 1)
        return page_of(list(map(_answer, people)), asked["limit"], lambda person: (person["login"],))

    @changes(Permission.PEOPLE_CHANGE, creates=True)
    @blueprint.problems(409)
    @blueprint.arguments(PersonRequest)
    @blueprint.response(201, PersonAnswer)
    def post(self, wanted: dict[str, str]) -> tuple[object, dict[str, str]]:
        """Add a person, who has no role yet."""
        return _tagged(done(add_person, NewPerson(**wanted)))


@blueprint.route(_PATH)
class PersonView(MethodView):
    """One person."""

    @reads(Permission.PEOPLE_READ)
    @blueprint.problems(404)
    @blueprint.response(200, PersonAnswer)
    def get(self, login: str) -> tuple[object, dict[str, str]]:
        """Show a person; the ETag is what a change has to name."""
        return _tagged(the_person(the_call().session, login))

    @changes(Permission.PEOPLE_CHANGE)
    @blueprint.problems(404, 409, 412, 428)
    @blueprint.arguments(PersonChange)
    @blueprint.response(200, PersonAnswer)
    def patch(self, changed: dict[str, object], login: str) -> tuple[object, dict[str, str]]:
        """Change name or email of a person, or make one inactive, whose keys and roles then end at once."""
        return _tagged(done(change_person, login, expected_revision(), changed))


@blueprint.route(f"{_PATH}/roles/<string:role>")
class RoleView(MethodView):
    """A role of a person."""

    @changes(Permission.PEOPLE_CHANGE, creates=True)
    @_at_revision
    @blueprint.problems(404, 409)
    @blueprint.response(200, RoleAnswer)
    def post(self, login: str, role: str) -> tuple[object, dict[str, str]]:
        """Grant a role; a sensitive one, such as approver, is proposed, and another person agrees."""
        return _done(give_role, login, role)

    @changes(Permission.PEOPLE_CHANGE)
    @_at_revision
    @blueprint.problems(404, 409)
    @blueprint.response(200, RoleAnswer)
    def delete(self, login: str, role: str) -> tuple[object, dict[str, str]]:
        """Withdraw a role, or the proposal of one."""
        return _done(withdraw_role, login, role)


@blueprint.route(f"{_PATH}/roles/<string:role>/agreement")
class RoleAgreementView(MethodView):
    """The agreement to a role that somebody else proposed."""

    @changes(Permission.PEOPLE_CHANGE, creates=True)
    @_at_revision
    @blueprint.problems(404, 409)
    @blueprint.response(200, RoleAnswer)
    def post(self, login: str, role: str) -> tuple[object, dict[str, str]]:
        """Agree to a role that another person proposed: it is granted."""
        return _done(agree_to_role, login, role)


def _done(verb: Verb[str, Role, StoredRole], login: str, role: str) -> tuple[object, dict[str, str]]:
    now = done(at_revision(verb), login, _role(role))
    return with_etag(now, the_person(the_call().session, login).stored.revision)


def _role(word: str) -> Role:
    if word not in _ROLES:
        raise not_stored(f"role {word[:60]!r}")
    return Role(word)


def _answer(person: Person) -> dict[str, Any]:
    return {**asdict(person.stored), "roles": person.roles}


def _tagged(person: Person) -> tuple[object, dict[str, str]]:
    return with_etag(_answer(person), person.stored.revision)
