"""The way in: who asks, how often, whether they may; one transaction around each request.

`reads`, `changes` and `opens` decorate the methods of views, outermost. Inside, `the_call()` gives the house, the
session, the actor and the act.
"""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial, wraps
from typing import Any, Final, TypeVar

import msgspec
import structlog
from flask import Flask, Response, after_this_request, current_app, g, request
from flask_smorest import Api, Blueprint
from sqlalchemy.orm import Session

from policy_service import __version__
from policy_service.api.addresses import use_addresses
from policy_service.api.authentication import KnownKeys
from policy_service.api.describing import OPEN, describe, describe_bounds, describe_security
from policy_service.api.idempotency import answered_once, idempotency_key
from policy_service.api.negotiation import use_negotiation
from policy_service.api.open_endpoints import OpenLimit
from policy_service.api.problems import register_problems
from policy_service.api.rate_limits import MinuteCounts, RateLimits
from policy_service.api.request_ids import request_id, use_request_ids
from policy_service.api.strict_json import use_strict_json
from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError, PolicyServiceError, RequestError
from policy_service.domain.instants import Instant
from policy_service.domain.permissions import Permission
from policy_service.running import BY_ITSELF, now
from policy_service.services.actor import Actor, require
from policy_service.services.house import House

_EXTENSION: Final = "policy_service.edge"
_DESCRIPTION: Final = {
    "API_TITLE": "Credit policy service",
    "API_VERSION": __version__,
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/v1",
    "OPENAPI_JSON_PATH": "openapi.json",
}
_ETAG: Final = re.compile(r'"(\d{1,18})"', re.ASCII)
#: What may change who comes with which key.
_CHANGES_KEYS: Final = frozenset({Permission.PEOPLE_CHANGE, Permission.KEYS_OWN, Permission.KEYS_ALL})

#: Of one connection, in one process.
NOTICES_PER_MINUTE: Final = 300
_NOBODY: Final = Actor(BY_ITSELF, "", frozenset(), frozenset())

View = TypeVar("View", bound=Callable[..., Any])

log = structlog.get_logger()


class Call(msgspec.Struct, frozen=True):
    """One request that was let in: with what, in which transaction, by whom, and as which act."""

    house: House
    opened: Session | None
    actor: Actor
    act: Act

    @property
    def session(self) -> Session:
        """The session of the request's transaction; a view with transactions of its own has none."""
        if self.opened is None:
            raise RuntimeError("This view opens its own transactions.")
        return self.opened


@dataclass(frozen=True, slots=True)
class _Edge:
    house: House
    keys: KnownKeys
    limits: RateLimits
    opened: OpenLimit
    noticed: MinuteCounts
    clock: Callable[[], Instant]


def register_edge(
    app: Flask,
    house: House,
    blueprints: Sequence[Blueprint],
    clock: Callable[[], Instant] = now,
    elapsed: Callable[[], float] = time.monotonic,
) -> Api:
    """Let `app` answer these endpoints over `house`, each act at the instant of `clock`; return their description."""
    app.config.update(_DESCRIPTION)
    use_addresses(app)
    use_strict_json(app)
    use_request_ids(app)
    use_negotiation(app)
    open_edge(app, house, clock, elapsed)
    api = Api()
    # Every operation documents its own problems; the library's error shape is not ours.
    api.DEFAULT_ERROR_RESPONSE_NAME = None
    api.init_app(app)
    describe_security(api)
    describe_bounds(api)
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    register_problems(app)
    return api


def open_edge(
    app: Flask, house: House, clock: Callable[[], Instant] = now, elapsed: Callable[[], float] = time.monotonic
) -> None:
    """Let `app`, whose edge is registered, work with this house from now on; `elapsed` are steady seconds."""
    keys, limits = KnownKeys(house.database, elapsed), RateLimits(house.settings, elapsed)
    app.extensions[_EXTENSION] = _Edge(house, keys, limits, OpenLimit(elapsed), MinuteCounts(elapsed), clock)


def house_of(app: Flask) -> House:
    """Return the house that `app` works with."""
    return _edge_of(app).house


def the_call() -> Call:
    """Return the call under way."""
    call: Call = g.call
    return call


def count_notice(name: str) -> None:
    """Count a genuine notice of a connection; AccessError A429 for one too many in this minute."""
    _edge().noticed.count(("connection", name), NOTICES_PER_MINUTE)


def act_now() -> Act:
    """Return the act of the call under way as of the present instant: of one bit of what takes long."""
    return replace(the_call().act, at=_edge().clock())


def opens(view: View) -> View:
    """Let a view be asked by anybody, without a key; what it lets in, it sees to itself."""

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> Response:
        edge = _edge()
        edge.opened.count()
        act = Act(BY_ITSELF, edge.clock(), request_id())
        return _run(edge.house, None, _NOBODY, act, partial(view, *args, **kwargs))

    describe(answered, OPEN, takes_key=False, creates=False)
    return answered  # type: ignore[return-value]


def reads(permission: Permission, *, own_transactions: bool = False) -> Callable[[View], View]:
    """Let a view be asked by whoever has the permission; it sees one snapshot and changes nothing.

    With `own_transactions` the call has no session: the view opens what it needs from `house.database`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(*args: Any, **kwargs: Any) -> Response:
            edge = _edge()
            actor, act = _admitted(edge, permission)
            if own_transactions:
                return _run(edge.house, None, actor, act, partial(view, *args, **kwargs))
            with edge.house.database.reading() as session:
                return _run(edge.house, session, actor, act, partial(view, *args, **kwargs))

        describe(answered, permission, takes_key=False, creates=False)
        return answered  # type: ignore[return-value]

    return decorate


def changes(
    permission: Permission,
    creates: bool = False,
    *,
    own_transactions: bool = False,
    or_else: tuple[Permission, ...] = (),
) -> Callable[[View], View]:
    """Let a view change something in one transaction, by whoever has the permission.

    Where it needs another one for some of what it is asked, they stand in `or_else`: with any of them one gets in,
    and the service that is called demands the right one.

    Its answer is stored in that transaction under the request's `Idempotency-Key`, if it has one; `creates` says
    in the description that it should. With `own_transactions` the call has no session, and the view sees to the key
    itself (policy_service.api.idempotency).
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(*args: Any, **kwargs: Any) -> Response:
            edge = _edge()
            actor, act = _admitted(edge, permission, or_else)
            answer = partial(view, *args, **kwargs)
            if own_transactions:
                return _run(edge.house, None, actor, act, answer)
            response = _changed(edge.house, actor, act, answer)
            if permission in _CHANGES_KEYS:
                edge.keys.forget()
            return response

        describe(answered, permission, takes_key=creates and not own_transactions, creates=creates)
        return answered  # type: ignore[return-value]

    return decorate


def expected_revision() -> int:
    """Return the revision that `If-Match` names; RequestError R413 without the header, R414 for anything else."""
    given = request.headers.get("If-Match")
    if given is None:
        raise RequestError("R413", "The header If-Match is missing.", remedy="Send the ETag that reading it gave.")
    found = _ETAG.fullmatch(given.strip())
    if found is None:
        raise RequestError("R414", "If-Match names no one revision.", remedy='Send one ETag, such as "3".')
    return int(found[1])


def named_revision() -> int | None:
    """Return the revision that `If-Match` names, none without the header; RequestError R414 for anything else."""
    return expected_revision() if "If-Match" in request.headers else None


def with_etag(response_body: object, revision: int) -> tuple[object, dict[str, str]]:
    """Return what a view returns for a body with its revision as ETag; the status stays the documented one."""
    return response_body, {"ETag": f'"{revision}"'}


def _edge_of(app: Flask) -> _Edge:
    edge: _Edge = app.extensions[_EXTENSION]
    return edge


def _edge() -> _Edge:
    return _edge_of(current_app)


def _admitted(edge: _Edge, permission: Permission, or_else: tuple[Permission, ...] = ()) -> tuple[Actor, Act]:
    at = edge.clock()
    actor = _known(edge, at)
    structlog.contextvars.bind_contextvars(person=actor.person, key_id=actor.key_id)
    edge.limits.count(actor)
    if actor.permissions.isdisjoint(or_else):
        require(actor, permission)
    return actor, Act(actor.person, at, request_id(), actor.key_id)


def _known(edge: _Edge, at: Instant) -> Actor:
    try:
        actor = edge.keys.actor(request.headers.get("Authorization", ""), at)
    except AccessError:
        edge.limits.count_refused(request.remote_addr or "")
        raise
    key_id = actor.key_id
    if key_id is not None and edge.keys.is_to_be_noted(key_id, at):

        @after_this_request
        def note_afterwards(response: Response) -> Response:
            response.call_on_close(partial(_note_use, edge.keys, key_id, at))
            return response

    return actor


def _note_use(keys: KnownKeys, key_id: str, at: Instant) -> None:
    # The request is answered: what fails here is nobody's but the log's.
    try:
        keys.note_use(key_id, at)
    except PolicyServiceError as error:
        log.warning("use_of_key_not_noted", key_id=key_id, code=error.code)


def _changed(house: House, actor: Actor, act: Act, answer: Callable[[], Any]) -> Response:
    key = idempotency_key() if request.method == "POST" else None
    with house.database.writing() as session:
        run = partial(_run, house, session, actor, act, answer)
        response = run() if key is None else answered_once(session, act, key, run)
        if response.status_code >= 400:
            session.rollback()
    return response


def _run(house: House, session: Session | None, actor: Actor, act: Act, answer: Callable[[], Any]) -> Response:
    g.call = Call(house, session, actor, act)
    return current_app.make_response(answer())
