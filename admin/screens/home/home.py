"""The portfolio at a glance, and what waits for whoever is signed in."""

from typing import Any

from flask_admin import AdminIndexView, expose


class Home(AdminIndexView):
    """The first screen; everybody who is signed in sees as much of it as they may."""

    @expose("/")
    def index(self) -> Any:
        """Show it."""
        return self.render("console/home.html")
