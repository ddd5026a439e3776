"""Events of Fxiaoke are signed and enciphered as the test vector of the text."""

import base64

from policy_service.sample_crms.fxiaoke.callback import event, sig
from tests.connectors.stand_ins import StandIn
from tests.sample_crms.listening import listening

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
CONTENT = "4j/AuRx71kQlxVlzbpsMWAgOBUmp/IpSU/prPiUYYZez5VIDSLCJQYoKYUx1cHcM5tl7/BlWbsZMNZFmuCXLQg=="
MESSAGE = '{"type":"Message","content":"{\\"k\\":1}"}'


def test_the_test_vector_is_met() -> None:
    made = event(MESSAGE, "tok", KEY, "1700000000000", "n1", b"0123456789abcdef")
    wanted = {
        "nonce": "n1",
        "timeStamp": "1700000000000",
        "content": CONTENT,
        "sig": "085338544ccad55324ab7cfad9758b713913e8ba",
    }
    assert wanted == made


def test_an_event_is_sent_signed_and_forged_where_asked(fxiaoke: StandIn) -> None:
    with listening() as listener:
        asked = {"url": listener.url, "content": '{"k":1}', "nonce": "n1", "timeStamp": "1700000000000"}
        fxiaoke.tell("callback", asked)
        fxiaoke.tell("callback", {**asked, "forge": {"sig": "0" * 40}})
    right, forged = listener.heard
    assert {"nonce", "timeStamp", "content", "sig"} == set(right)
    signed = sig(fxiaoke.sign_in["callback_token"], right["timeStamp"], right["nonce"], right["content"])
    assert signed == right["sig"]
    assert 0 == len(base64.b64decode(right["content"])) % 32
    assert "0" * 40 == forged["sig"]


def test_who_does_not_say_success_is_told_once_more(fxiaoke: StandIn) -> None:
    with listening() as listener:
        listener.says = b"no"
        fxiaoke.tell("callback", {"url": listener.url, "content": "{}"})
    assert 2 == len(listener.heard)
    assert listener.heard[0] == listener.heard[1]


def test_a_change_is_told_where_a_callback_is_set(fxiaoke: StandIn) -> None:
    with listening() as listener:
        fxiaoke.settings(callback_url=listener.url)
        fxiaoke.change("AccountObj", touch=3)
    assert 1 == len(listener.heard)
