"""API keys: made with what they may do, shown once, rotated and revoked; who may sees and revokes everybody's."""

from collections.abc import Sequence
from typing import Any, Final

from flask import request
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin.doing import done, refused, shown
from admin.inputs import day_in
from admin.screens.keys.scopes import SCOPES
from admin.screens.screen import Screen
from admin.visitors import may, seeing, the_act, the_house, visitor
from policy_service.api.paging import cursor_of, position_of
from policy_service.domain.errors import RequestError
from policy_service.domain.instants import SECOND, Instant, end_of_day
from policy_service.domain.permissions import Permission
from policy_service.domain.whole_numbers import parse_whole_number
from policy_service.running import new_key_secret
from policy_service.services.keys import NewKey, create_key, key_text, keys_of, revoke_key, rotate_key
from policy_service.storage.key_store import StoredKey

_SHOWN: Final = 50
_LONGEST: Final = 200
#: For how many hours a key that was rotated counts beside the one that took over.
OVERLAPS: Final = (0, 1, 8, 24)
_HOUR: Final = 3_600 * SECOND
_MOST_A_MINUTE: Final = 1_000_000


class Keys(Screen):
    """The keys."""

    permission = Permission.KEYS_OWN
    or_else = Permission.KEYS_ALL

    @expose("/")
    def every_key(self) -> Any:
        """List keys, the newest first: one's own, and for who may those of everybody or of one person."""
        after: Any = position_of(request.args.get("after", ""), int, str)
        actor, owner = visitor().actor, request.args.get("owner", "")
        if not may(Permission.KEYS_ALL) or (not owner and "all" not in request.args):
            owner = actor.person
        with seeing() as session:
            found = keys_of(session, owner or None, actor, after, _SHOWN + 1)
        last = found[_SHOWN - 1] if len(found) > _SHOWN else None
        return self.render(
            "console/keys/keys.html",
            keys=[(key, _state(key, the_act().at)) for key in found[:_SHOWN]],
            following=cursor_of((last.created_at, last.key_id)) if last else "",
            owner=owner,
            scopes={scope: text for scope, text in SCOPES.items() if scope in actor.permissions},
            ticked=request.args.getlist("scope"),
            words=SCOPES,
            overlaps=OVERLAPS,
            usual=the_house().settings.rate_limit_per_minute,
        )

    @expose("/make", methods=["POST"])
    def make(self) -> Any:
        """Make a key of one's own, which the answer alone shows."""
        wanted = [scope for scope in Permission if scope in request.form.getlist("scope")]
        # What was ticked stays ticked, as what was written stays in the form.
        back = str(self.get_url(".every_key", scope=[scope.value for scope in wanted]))
        name = request.form.get("name", "").strip()[:_LONGEST] or gettext("Key")
        try:
            new = NewKey(name, _at_least_one(wanted), _per_minute(), _expires_at())
        except RequestError as error:
            return refused(error, back)
        secret = new_key_secret()
        return shown(create_key, new, secret, show=lambda key: self._shown(key, secret), back=back)

    @expose("/key/<key_id>/rotate", methods=["POST"])
    def rotate(self, key_id: str) -> Any:
        """Let another key take over from one's own; the answer alone shows it."""
        hours, secret = parse_whole_number(request.form.get("hours", "")) or 0, new_key_secret()
        what = key_id, hours * _HOUR, secret
        return shown(rotate_key, *what, show=lambda key: self._shown(key, secret), back=self._list())

    @expose("/key/<key_id>/revoke", methods=["POST"])
    def revoke(self, key_id: str) -> Response:
        """Let a key count no more."""
        owner = request.form.get("owner", "")
        back = str(self.get_url(".every_key", owner=owner)) if owner else self._list()
        return done(revoke_key, key_id, success=gettext("The key counts no more."), back=back)

    def _shown(self, key: StoredKey, secret: str) -> Any:
        return self.render("console/keys/key.html", key=key, text=key_text(key.key_id, secret))

    def _list(self) -> str:
        return str(self.get_url(".every_key"))


def _state(key: StoredKey, at: Instant) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= at else "counts"


def _at_least_one(scopes: Sequence[Permission]) -> frozenset[Permission]:
    if not scopes:
        raise RequestError(
            "R422", "A key that may do nothing is of no use.", remedy="Tick at least one thing that it may do."
        )
    return frozenset(scopes)


def _per_minute() -> int | None:
    written = request.form.get("requests_per_minute", "").strip()
    number = parse_whole_number(written) if written else None
    if written and not 1 <= (number or 0) <= _MOST_A_MINUTE:
        # Else the key could ask as often as any.
        raise RequestError(
            "R422",
            f"{written[:20]!r} is no number of requests a minute.",
            remedy="Write 1 to 1,000,000 in plain digits, or nothing.",
        )
    return number


def _expires_at() -> Instant | None:
    last = request.form.get("expires_on", "").strip()
    # A day that cannot be read must not be a key without an end.
    return end_of_day(day_in(last), the_house().settings.zone) if last else None
