"""What all screens share: whoever may not see one neither opens it nor finds it in the menu."""

from collections.abc import Callable
from typing import Any, ClassVar

from flask import abort
from flask_admin import BaseView
from flask_babel import LazyString

from admin.visitors import visitor_or_nobody
from policy_service.domain.permissions import Permission


class RunsOnce:
    """A view of which every method runs once: Flask-Admin's own runs one that raises TypeError a second time."""

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # What was done would be done twice.
        return fn(self, *args, **kwargs)


class Screen(RunsOnce, BaseView):
    """A screen, or a few of one subject, for whoever has the permission.

    Its views read what they show with `admin.visitors.seeing`, and change something, always by POST and always through
    a service, with `admin.visitors.working`.
    """

    permission: ClassVar[Permission]
    #: Whoever has this one instead may see it too.
    or_else: ClassVar[Permission | None] = None
    #: Of a screen that leads from others alone, and is not in the menu.
    is_in_menu: ClassVar[bool] = True

    def __init__(self, name: LazyString, category: LazyString | None, path: str) -> None:
        super().__init__(name, category, endpoint=path.replace("/", "_"), url=f"/{path}")

    def is_accessible(self) -> bool:
        """Return whether whoever is signed in may see it."""
        found = visitor_or_nobody()
        return found is not None and not found.actor.permissions.isdisjoint({self.permission, self.or_else})

    def is_visible(self) -> bool:
        """Return whether it stands in the menu."""
        return self.is_in_menu

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Any:  # noqa: ARG002 - Flask-Admin's own signature
        """Refuse it."""
        abort(403)
