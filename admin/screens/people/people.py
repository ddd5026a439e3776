"""People: added, given roles and one-time passwords, and what waits for a second person's word."""

from collections.abc import Mapping
from typing import Any, Final

from flask import abort, request
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.doing import done, shown
from admin.screens.screen import Screen
from admin.visitors import may, seeing, the_act, visitor, visitor_or_nobody
from admin.wording import role_said
from policy_service.api.paging import cursor_of, position_of
from policy_service.domain.acting import Act
from policy_service.domain.permissions import Permission, Role
from policy_service.running import one_time_password
from policy_service.services.actor import Actor
from policy_service.services.house import House
from policy_service.services.people import NewPerson, Person, add_person, change_person, people_behind, the_person
from policy_service.services.roles import SENSITIVE, agree_to_role, give_role, withdraw_role
from policy_service.services.second_person import passwords_waiting_for, roles_waiting_for
from policy_service.services.sign_in.passwords import agree_to_password, give_password, password_state
from policy_service.storage.errors import not_stored

_SHOWN: Final = 50
_LONGEST: Final = 200


class People(Screen):
    """The people, and each of them."""

    permission = Permission.PEOPLE_READ

    def is_accessible(self) -> bool:
        """Return whether whoever is signed in may come in: who may agree to passwords finds those that wait."""
        found = visitor_or_nobody()
        return super().is_accessible() or (found is not None and bool(SENSITIVE & found.actor.roles))

    @expose("/")
    def everybody(self) -> Any:
        """List what waits for the reader, then the people by their logins."""
        after, act, actor = position_of(request.args.get("after", ""), str), the_act(), visitor().actor
        with seeing() as session:
            found = people_behind(session, str(after[0]) if after else "", _SHOWN + 1) if _may_read() else ()
            roles, passwords = roles_waiting_for(session, actor), passwords_waiting_for(session, actor, act.at)
        return self.render(
            "console/people/everybody.html",
            people=found[:_SHOWN],
            following=cursor_of((found[_SHOWN - 1].stored.login,)) if len(found) > _SHOWN else "",
            waiting_roles=roles,
            waiting_passwords=passwords,
        )

    @expose("/add", methods=["POST"])
    def add(self) -> Response:
        """Add somebody."""
        login = _written("login", _LONGEST)
        new = NewPerson(login, _written("name", _LONGEST), _written("email", _LONGEST))
        told = gettext("%(login)s is added. Grant a role next, and give a one-time password.", login=login)
        return done(add_person, new, success=told, back=self.get_url(".everybody"))

    @expose("/person/<login>")
    def person(self, login: str) -> Any:
        """Show somebody with the roles granted and proposed."""
        if not _may_read():
            abort(403)
        with seeing() as session:
            person = the_person(session, login)
            password = password_state(session, person.stored, the_act().at)
        held = {each.role for each in person.roles}
        return self.render(
            "console/people/person.html",
            person=person.stored,
            roles=person.roles,
            password=password,
            is_oneself=login == visitor().actor.person,
            free=[role for role in Role if role not in held],
            sensitive=SENSITIVE,
        )

    @expose("/person/<login>/change", methods=["POST"])
    def change(self, login: str) -> Response:
        """Keep another name and address of somebody."""
        told = gettext("%(login)s is changed.", login=login)
        changes = {"name": _written("name", _LONGEST), "email": _written("email", _LONGEST)}
        return done(_change, login, changes, success=told, back=self._page_of(login))

    @expose("/person/<login>/active", methods=["POST"])
    def set_active(self, login: str) -> Response:
        """Make somebody inactive, or active again."""
        is_active = request.form.get("active") == "yes"
        told = (
            gettext("%(login)s is active again, without a role.", login=login)
            if is_active
            else gettext("%(login)s is inactive: every role and key has ended.", login=login)
        )
        return done(_change, login, {"is_active": is_active}, success=told, back=self._page_of(login))

    @expose("/person/<login>/give", methods=["POST"])
    def give(self, login: str) -> Response:
        """Grant a role, or propose a sensitive one."""
        role = _role(request.form.get("role", ""))
        words = {"login": login, "role": role_said(role)}
        told = (
            gettext("The role is proposed: %(role)s for %(login)s. It counts once another person agrees.", **words)
            if role in SENSITIVE
            else gettext("The role is granted: %(role)s for %(login)s.", **words)
        )
        return done(give_role, login, role, success=told, back=self._page_of(login))

    @expose("/person/<login>/roles/<role>/agree", methods=["POST"])
    def agree(self, login: str, role: str) -> Response:
        """Agree to a role that another person proposed."""
        told = gettext("The role is granted: %(role)s for %(login)s.", role=role_said(role), login=login)
        return done(agree_to_role, login, _role(role), success=told, back=self._back_to(login))

    @expose("/person/<login>/roles/<role>/withdraw", methods=["POST"])
    def withdraw(self, login: str, role: str) -> Response:
        """Withdraw a role, or the proposal of one."""
        told = gettext("The role is withdrawn: %(role)s of %(login)s.", role=role_said(role), login=login)
        return done(withdraw_role, login, _role(role), success=told, back=self._back_to(login))

    @expose("/person/<login>/password", methods=["POST"])
    def password(self, login: str) -> Any:
        """Give somebody a one-time password, which the answer alone shows."""
        made = one_time_password()

        def show(takes_two: bool) -> Any:
            return self.render("console/people/password.html", login=login, password=made, takes_two=takes_two)

        return shown(give_password, login, made, show=show, back=self._page_of(login))

    @expose("/person/<login>/password/agree", methods=["POST"])
    def agree_password(self, login: str) -> Response:
        """Agree to a password that another person gave."""
        told = gettext("The one-time password of %(login)s counts from now on.", login=login)
        return done(agree_to_password, login, success=told, back=self._back_to(login))

    def _page_of(self, login: str) -> str:
        return str(self.get_url(".person", login=login))

    def _back_to(self, login: str) -> str:
        return str(self.get_url(".everybody")) if request.form.get("from") == "list" else self._page_of(login)


def _change(
    house: House, session: Session, login: str, changes: Mapping[str, object], actor: Actor, act: Act, revision: int = 0
) -> Person:
    return change_person(house, session, login, revision, changes, actor, act)


def _may_read() -> bool:
    return may(Permission.PEOPLE_READ)


def _role(word: str) -> Role:
    if word not in frozenset(Role):
        raise not_stored(f"role {word[:60]!r}")
    return Role(word)


def _written(field: str, most: int) -> str:
    return request.form.get(field, "").strip()[:most]
