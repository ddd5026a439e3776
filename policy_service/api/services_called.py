"""How a view has a service do something in its call: the service's own parameters are checked, those of the call given.

A service is `verb(house, session, *what, actor, act)`; many take as `revision` the one that a request may name.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import ParamSpec, TypeVar, TypeVarTuple

from sqlalchemy.orm import Session

from policy_service.api.edge import named_revision, the_call
from policy_service.domain.acting import Act
from policy_service.services.actor import Actor
from policy_service.services.house import House

What = TypeVarTuple("What")
Asked = ParamSpec("Asked")
Done = TypeVar("Done")

#: A service with what it is asked in the middle, between where and by whom.
Verb = Callable[[House, Session, *What, Actor, Act], Done]


def done(verb: Verb[*What, Done], *what: *What, note: str = "") -> Done:
    """Return what a service does in the call's transaction; `note` is what the act says of itself."""
    call = the_call()
    return verb(call.house, call.session, *what, call.actor, replace(call.act, note=note))


def at_revision(verb: Callable[Asked, Done]) -> Callable[Asked, Done]:
    """Return the verb, told the revision that the request names by `If-Match`, if any."""
    # Of a verb that takes no revision no test of its endpoint would pass.
    return partial(verb, revision=named_revision())  # type: ignore[arg-type]
