"""The endpoints of one subject: flask-smorest's blueprint, typed, that reads strictly and describes our problems."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask_smorest import Blueprint
from marshmallow import Schema

from policy_service.api.describing import describe_revision, problem_response
from policy_service.api.known_fields import tell_fields
from policy_service.api.strict_json import StrictParser

View = TypeVar("View", bound=Callable[..., Any])
_Hook = TypeVar("_Hook", bound=Callable[[], Any])


class Endpoints(Blueprint):  # type: ignore[misc]  # the library says nothing of its types
    """The views under one subject; what decorates them leaves their types as they are."""

    ARGUMENTS_PARSER: StrictParser = StrictParser()

    def arguments(
        self, schema: Schema | type[Schema], *, location: str = "json", **said: Any
    ) -> Callable[[View], View]:
        """Let a view be given what the schema makes of the body, or of another location, as its first argument."""
        made = tell_fields(schema() if isinstance(schema, type) else schema)
        decorate: Callable[[View], View] = super().arguments(made, location=location, **said)
        return decorate

    def response(
        self, status_code: int, schema: type[Schema] | Mapping[str, object] | None = None, **said: Any
    ) -> Callable[[View], View]:
        """Answer with what the schema makes of what a view returns, under that status."""
        decorate: Callable[[View], View] = super().response(status_code, schema, **said)
        return decorate

    def alt_response(self, status_code: int, **said: Any) -> Callable[[View], View]:
        """Say in the description that a view may answer otherwise."""
        describe = super().alt_response(status_code, **said)

        def decorate(view: View) -> View:
            # Left on the view itself: a function around it would do nothing, and that with every request.
            view._apidoc = describe(view)._apidoc  # type: ignore[attr-defined]  # the library's own
            return view

        return decorate

    def problems(self, *statuses: int) -> Callable[[View], View]:
        """Say in the description that a view may answer with problems of these statuses; 428 says `If-Match` too."""

        def decorate(view: View) -> View:
            for status in statuses:
                view = self.alt_response(status, **problem_response(status))(view)
            return view

        return decorate

    def may_name_revision(self, what: str) -> Callable[[View], View]:
        """Say in the description that `If-Match` may name a revision of `what`, and what comes of a wrong one."""

        def decorate(view: View) -> View:
            answered = self.problems(400, 412)(view)
            describe_revision(answered, what)
            return answered

        return decorate

    def doc(self, **said: Any) -> Callable[[View], View]:
        """Say more in the description of a view, in the words of OpenAPI."""
        decorate: Callable[[View], View] = super().doc(**said)
        return decorate

    def before_request(self, hook: _Hook) -> _Hook:
        """Call the hook before every view."""
        registered: _Hook = super().before_request(hook)
        return registered
