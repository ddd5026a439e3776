"""Lists that are asked for by a role: one that there is not is refused, as by other filters."""

from flask_smorest import abort
from marshmallow import ValidationError, validate

from policy_service.api.edge import the_call
from policy_service.domain.permissions import Role
from policy_service.services.known_roles import known_roles


def check_roles(**asked: str) -> None:
    """Return if the filters of a list that turned out empty name roles that there are; R422 naming these otherwise."""
    # Whoever polls for a person's role need not wait for policies to be read.
    doubtful = {name: role for name, role in asked.items() if role and role not in frozenset(Role)}
    known = known_roles(the_call().session, the_call().act.at) if doubtful else None
    if known is None:
        return
    schema_would_say = {}
    for name, role in doubtful.items():
        try:
            validate.OneOf(sorted(known))(role)
        except ValidationError as error:
            schema_would_say[name] = error.messages
    if schema_would_say:
        abort(422, messages={"query": schema_would_say})
