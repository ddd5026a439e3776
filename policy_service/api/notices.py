"""Notices that other systems send: open, bounded, and answered alike whatever is wrong with them."""

from typing import Final

from flask import Response, request
from flask.views import MethodView
from werkzeug.exceptions import HTTPException

from policy_service.api.edge import count_notice, opens, the_call
from policy_service.api.endpoints import Endpoints
from policy_service.connectors.zoho.crm_notifications import MOST_BYTES
from policy_service.services.connections.noticing import refused_notice, take_notice

blueprint = Endpoints(
    "connections", __name__, url_prefix="/v1/connections", description="Other systems that tell of changes"
)

_OF_ZOHO: Final = {
    "server_time": 1718115953625,
    "module": "Invoices",
    "ids": ["5725767000003000010", "5725767000003000011"],
    "operation": "update",
    "channel_id": "1000000068001",
    "token": "of-the-channel",
}
_BODY: Final = {
    "required": True,
    "description": "A notice of Zoho CRM with the token of its channel, or a callback of Fxiaoke",
    "content": {"application/json": {"schema": {"type": "object"}, "example": _OF_ZOHO}},
}
_ANSWERS: Final = {
    "200": {
        "description": "It was taken, and this is what each system takes for an answer",
        "content": {
            "application/json": {"schema": {"type": "object"}, "example": {}},
            "text/plain": {"schema": {"type": "string"}, "example": "success"},
        },
    }
}


@blueprint.route("/<name>/notices")
class NoticesView(MethodView):
    """The notices of one connection."""

    @opens
    @blueprint.doc(requestBody=_BODY, responses=_ANSWERS)
    def post(self, name: str) -> Response:
        """Take a notice of another system: what has changed there is pulled soon.

        Nothing of it is stored but that it came. What is not taken is refused with X180, whatever the reason.
        """
        call = the_call()
        said = take_notice(call.house, name, _body(), call.act, count_notice)
        is_json = said.startswith("{")
        return Response(said, content_type="application/json" if is_json else "text/plain; charset=utf-8")


def _body() -> bytes:
    request.max_content_length = MOST_BYTES
    try:
        sent = request.get_data(cache=False)
    except HTTPException:
        # Longer than the bound, or broken off.
        raise refused_notice() from None
    # Of a body that does not say its length, what is beyond the limit is left unread, without a word.
    if request.content_length is None and len(sent) >= MOST_BYTES:
        raise refused_notice()
    return sent
