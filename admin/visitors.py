"""Who sits at the browser: signed in or not, what they may do, and as which act they do it."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import structlog
from flask import Flask, current_app, g, redirect, request, session, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from policy_service.api.request_ids import request_id
from policy_service.domain.acting import Act
from policy_service.domain.instants import Instant, business_day
from policy_service.domain.permissions import Permission
from policy_service.services.house import House
from policy_service.services.sign_in.signing_in import SignedIn, who_is_signed_in

#: Under which the browser's session keeps what stands for the person.
TOKEN: Final = "token"  # noqa: S105 - a name
_EXTENSION: Final = "policy_service.visits"
#: What is shown to whom nobody knows yet; everything else asks to sign in first.
_OPEN: Final = frozenset(
    {
        "static",
        "admin.static",
        "sign_in.show",
        "sign_in.enter",
        "sign_in.language",
        "sign_in.company",
        "sign_in.company_back",
    }
)
#: What somebody may do who has to choose a password first.
_BEFORE_A_PASSWORD: Final = _OPEN | {"sign_in.leave", "sign_in.show_password", "sign_in.change_password"}


@dataclass(frozen=True, slots=True)
class Visits:
    """The house that is visited, and the clock on its wall."""

    house: House
    clock: Callable[[], Instant]


@dataclass(frozen=True, slots=True)
class Work:
    """A change under way: in which transaction, by whom, as which act."""

    house: House
    session: Session
    visitor: SignedIn
    act: Act


def use_visits(console: Flask) -> None:
    """Have everybody sign in before they see anything, and change a password that somebody else gave them."""
    console.before_request(_admit)
    console.context_processor(lambda: {"visitor": visitor_or_nobody(), "may": may})


def receive(console: Flask, visits: Visits) -> None:
    """Let visitors into this house from now on."""
    console.extensions[_EXTENSION] = visits


def visitor() -> SignedIn:
    """Return who is signed in; RuntimeError in a view that is open to everybody."""
    found = visitor_or_nobody()
    if found is None:
        raise RuntimeError("Nobody is signed in: this view is open to everybody.")
    return found


def visitor_or_nobody() -> SignedIn | None:
    """Return who is signed in, if anybody is."""
    found: SignedIn | None = g.get("visitor")
    return found


def may(permission: Permission) -> bool:
    """Return whether whoever is signed in may do that."""
    found = visitor_or_nobody()
    return found is not None and permission in found.actor.permissions


def the_house() -> House:
    """Return the house of the request under way."""
    return _visits().house


def the_act(person: str = "") -> Act:
    """Return the act of the request under way, of whoever is signed in or of that person."""
    return Act(person or visitor().actor.person, _visits().clock(), request_id())


def the_day() -> dt.date:
    """Return the business day of the request under way."""
    return business_day(the_act().at, the_house().settings.zone)


@contextmanager
def seeing() -> Iterator[Session]:
    """Give one snapshot of everything stored, which is not changed."""
    with the_house().database.reading() as opened:
        yield opened


@contextmanager
def working() -> Iterator[Work]:
    """Give a transaction in which whoever is signed in changes something; an exception leaves all as it was."""
    with the_house().database.writing() as opened:
        yield Work(the_house(), opened, visitor(), the_act())


def _visits() -> Visits:
    visits: Visits = current_app.extensions[_EXTENSION]
    return visits


def _admit() -> Response | None:
    visits = _visits()
    token = session.get(TOKEN, "")
    g.visitor = who_is_signed_in(visits.house, token, visits.clock()) if token else None
    if g.visitor is None:
        session.pop(TOKEN, None)
        if request.endpoint in _OPEN:
            return None
        return redirect(url_for("sign_in.show", next=_here()))
    structlog.contextvars.bind_contextvars(person=g.visitor.actor.person)
    if g.visitor.must_change and request.endpoint not in _BEFORE_A_PASSWORD:
        return redirect(url_for("sign_in.show_password"))
    return None


def _here() -> str | None:
    # Whoever was about to change something begins at the page, not at the change.
    return request.full_path.rstrip("?") if request.method == "GET" else None
