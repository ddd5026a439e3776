"""A stand-in that does not come up, does not answer, or refuses, is said; what was begun has ended then."""

import datetime as dt
import socket
import sys

import pytest

from policy_service.cli.crm_demo import stand_ins as demo
from policy_service.cli.crm_demo.stand_ins import StandIn, stand_ins
from policy_service.connectors.port import System
from policy_service.domain.errors import PolicyServiceError


def test_one_that_does_not_come_up_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(PolicyServiceError, match="zoho-crm does not answer") as refused, stand_ins(dt.date(2026, 1, 1)):
        pass
    assert "X197" == refused.value.code


def test_one_that_does_not_answer_is_said() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        gone = StandIn(System.FXIAOKE, f"http://127.0.0.1:{nobody.getsockname()[1]}", 1, {"appSecret": "secret"})
        for ask in (gone.calls, gone.messages, lambda: gone.rows("AccountObj"), lambda: gone.ask("/cgi", {})):
            with pytest.raises(PolicyServiceError) as refused:
                ask()
            assert "X197" == refused.value.code
    assert "secret" not in repr(gone)


def test_one_that_runs_answers_and_a_refusal_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "STOOD_IN_FOR", (System.FXIAOKE,))
    with stand_ins(dt.date(2026, 1, 1)) as (fxiaoke,):
        assert demo.CUSTOMERS == len(fxiaoke.rows("AccountObj"))
        assert (0, [], []) == (fxiaoke.calls(), fxiaoke.tasks(), fxiaoke.messages())
        with pytest.raises(PolicyServiceError):
            fxiaoke.ask("/cgi/corpAccessToken/get/V2", {"appId": "another"})
    with pytest.raises(PolicyServiceError):
        fxiaoke.calls()
