"""Calls to Fxiaoke that are signed in, asked again while they may pass, and read."""

from collections.abc import Mapping
from typing import Final

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.fxiaoke.refusals import (
    BUSY,
    EXPIRED,
    SPENT,
    code_of,
    is_final,
    no_sign_in,
    not_as_said,
    refused,
    said_in,
)
from policy_service.connectors.fxiaoke.sign_in import Asks, Identity, SignIn, read_answer
from policy_service.connectors.http.channel import Call
from policy_service.connectors.http.refusals import stopped
from policy_service.connectors.means import Means
from policy_service.connectors.port import Json

_TRIES: Final = 4
_TRIES_OF_A_ROW: Final = 2
#: An answer that the channel cannot read.
GARBLED: Final = "X105"
#: Of the window that calls are counted in.
_LONGEST_WAIT: Final = 20.0
_FIRST_WAIT: Final = 2.5
_CUSTOM: Final = "__c"


class Session:
    """One company's Fxiaoke, as one user of it."""

    def __init__(self, channel: Asks, sign_in: SignIn, means: Means) -> None:
        self._channel = channel
        self._sign_in = sign_in
        self._means = means

    def who(self) -> Identity:
        """Return the identity that calls are made with."""
        return self._sign_in.identity()

    def ask(
        self, path: str, body: Mapping[str, Json], *, is_repeatable: bool = True, is_patient: bool = True
    ) -> Mapping[str, Json]:
        """Return the answer to a call, signed in anew once if need be.

        ConnectorError X121 if Fxiaoke does not let us in, X122 for what it refuses, X123 for what may pass and did
        not, X124 for an answer that is none. A call that is not repeatable is asked again only where Fxiaoke says
        that it did not take it. One that is not patient takes a code that nobody knows for a refusal after the second
        time: it is about one row of many, and most likely that row is at fault.
        """
        identity = self._sign_in.identity()
        is_renewed = False
        failed = 0
        while True:
            call = Call("POST", path, json={**identity.sent(), **body}, is_repeatable=is_repeatable)
            failed += 1
            answer = self._answer(call, is_last=failed >= _TRIES)
            if answer is not None:
                code = code_of(answer)
                if code == 0:
                    return answer
                if code in EXPIRED and not is_renewed:
                    identity, is_renewed, failed = self._sign_in.renewed(identity), True, 0
                    continue
                if code in EXPIRED:
                    raise no_sign_in(f"{said_in(answer)} (code {code})")
                most = _TRIES if is_patient or code in BUSY else _TRIES_OF_A_ROW
                if failed >= most or code == SPENT or is_final(code) or not (is_repeatable or code in BUSY):
                    raise refused(code, answer, is_patient=is_patient)
            self._wait(failed)

    def _answer(self, call: Call, *, is_last: bool) -> Mapping[str, Json] | None:
        """Return the answer, none if it was cut off or garbled on its way and may be asked for again."""
        try:
            return read_answer(self._channel.ask(call))
        except ConnectorError as error:
            if error.code != GARBLED or is_last or not call.is_repeatable:
                raise
            return None

    def _wait(self, failed: int) -> None:
        # Chance keeps those apart that failed together.
        span = min(_LONGEST_WAIT, _FIRST_WAIT * 2.0**failed)
        if not self._means.wait(span * (1 + self._means.chance()) / 2):
            raise stopped("Fxiaoke")


def is_custom(object_name: str) -> bool:
    """Return whether the company has made the object itself: its data have calls of their own."""
    return object_name.endswith(_CUSTOM)


def data_path(object_name: str, action: str) -> str:
    """Return the path of a call that does something with the data of an object."""
    return f"/cgi/crm/custom/v2/data/{action}" if is_custom(object_name) else f"/cgi/crm/v2/data/{action}"


def data_of(answer: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return what an answer is about; ConnectorError X124 if it is about nothing."""
    data = answer.get("data")
    if not isinstance(data, Mapping):
        raise not_as_said("it has no data")
    return data
