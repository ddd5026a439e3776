"""A call has ended when its last byte comes, and who changes something hears of its own notices, whoever sent them."""

import json
import socket
from collections.abc import Mapping
from contextlib import closing
from threading import Event

import pytest

from policy_service.sample_crms.control import PREFIX, controlled
from policy_service.sample_crms.crm.crm import ZohoCrm
from policy_service.sample_crms.delivery import Deliverer
from policy_service.sample_crms.faults import Script
from policy_service.sample_crms.sending import post_all
from policy_service.sample_crms.speaking import Asked, answer
from tests.connectors.stand_ins import Json, sample_company


def _there(connection: socket.socket) -> bytes:
    """Return what has come until now."""
    found = b""
    connection.setblocking(False)
    try:
        while more := connection.recv(1_000_000):
            found += more
    except BlockingIOError:
        pass
    return found


@pytest.mark.parametrize(
    "options",
    [
        None,
        {"kind": "slow", "seconds": 0.02, "pieces": 3},
        {"kind": "truncated"},
        {"kind": "oversized", "bytes": 100_000},
        {"kind": "compressed_bomb", "bytes": 10_000},
        {"kind": "wrong_content_type"},
    ],
)
def test_a_call_has_ended_before_the_last_byte_of_its_answer(options: Mapping[str, Json] | None) -> None:
    """Else who calls at once again would count as two, and be refused where one is allowed."""
    ours, its = socket.socketpair()
    with closing(ours), closing(its):
        for one in (ours, its):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1_000_000)
        deliverer, before = Deliverer(its, Event()), list[bytes]()
        deliverer.ends = lambda: before.append(_there(ours))
        script = Script()
        script.add([dict(options)] if options else [])
        (fault,) = script.striking(1, "GET", "/", "") or (None,)
        assert deliverer.deliver(answer(200, {"data": ["a", "b", "c"]}), fault)
        assert 1 == len(before)
        assert b"" != _there(ours)


def test_who_changes_something_hears_of_its_notices_though_another_sends_them() -> None:
    system = ZohoCrm(sample_company(2, 10), {})
    document = {"url": "https://elsewhere.example/told", "body": {}}

    class Overtaken:
        is_first = True

        def __enter__(self) -> None:
            if self.is_first:
                self.is_first = False
                post_all(system)

        def __exit__(self, *_: object) -> None:
            pass

    system.posting = Overtaken()  # type: ignore[assignment]  # another thread comes before
    told = controlled(system, Asked("POST", f"{PREFIX}send", {}, {}, json.dumps(document).encode()))
    assert ["not sent: this is not on this machine"] == [one["answer"] for one in json.loads(told.body)["sent"]]
