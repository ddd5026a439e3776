"""Whatever goes wrong over there: after enough pulls the ledger is what is there, and nothing is half done between."""

from typing import Final

import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.domain.errors import PolicyServiceError
from policy_service.services.connections.runs import runs
from policy_service.storage.pull_store import StoredPull
from tests.connectors.stand_ins import Json
from tests.connectors.whole.chain import SHOP, Chain
from tests.connectors.whole.truth import books_of, differences

Fault = dict[str, Json]


@pytest.fixture
def url(sqlite_url: str) -> str:
    """Give one kind of database: what goes wrong over there is nothing to it."""
    return sqlite_url


#: The paths that rows are asked for by.
ROWS: Final = r"^/(crm/v8|books/v3|cgi/crm)/"
#: More than an answer may have, packed or not.
TOO_LONG: Final = 34_000_000
FAULTS: Final[dict[str, list[Fault]]] = {
    "an expired token in the middle": [{"kind": "expired_token", "path": ROWS, "skip": 2}],
    "tokens that expire again and again": [{"kind": "expired_token", "path": ROWS, "skip": 2, "times": 4}],
    "no more calls, come again": [{"kind": "throttled", "retry_after": "7", "path": ROWS, "skip": 1, "times": 2}],
    "no more calls": [{"kind": "throttled", "path": ROWS, "skip": 1, "times": 3}],
    "no more calls for long": [{"kind": "throttled", "retry_after": "3000", "path": ROWS, "skip": 2, "times": 2}],
    "an error that says it went well": [{"kind": "error_in_200", "path": ROWS, "skip": 1}],
    "no answer": [{"kind": "unanswered", "path": ROWS, "skip": 1, "times": 2}],
    "broken answers": [{"kind": "broken", "path": ROWS, "skip": 2, "times": 2}],
    "half an answer": [{"kind": "truncated", "path": ROWS, "skip": 2, "times": 1}],
    "slow answers": [{"kind": "slow", "path": ROWS, "seconds": 0.2, "pieces": 4, "times": 2}],
    "a page of HTML": [{"kind": "not_json", "path": ROWS, "skip": 2}],
    "out of order": [{"kind": "status", "status": 503, "path": ROWS, "skip": 1, "times": 2}],
    "out of order for long": [{"kind": "status", "status": 502, "path": ROWS, "skip": 2, "times": 12}],
    "tokens refused by another name": [{"kind": "authentication_failure", "path": ROWS, "skip": 2}],
    "nothing, and nothing new": [
        {"kind": "no_content", "path": ROWS, "skip": 1},
        {"kind": "not_modified", "path": ROWS, "skip": 3},
    ],
    "answers far too long": [
        {"kind": "oversized", "path": ROWS, "skip": 1, "bytes": TOO_LONG, "says_length": True},
        {"kind": "oversized", "path": ROWS, "skip": 2, "bytes": TOO_LONG, "says_length": False},
    ],
    "an answer that unpacks to far too much": [{"kind": "compressed_bomb", "path": ROWS, "skip": 2, "bytes": TOO_LONG}],
    "sent to an address inside": [{"kind": "redirect", "path": ROWS, "skip": 1}],
    "a foreign host where tokens are given": [{"kind": "api_domain", "domain": "https://zohoapis.example"}],
    "said to be something else": [
        {"kind": "wrong_content_type", "path": ROWS, "skip": 1, "content_type": "text/html", "times": None}
    ],
    "ids as numbers, blanks": [{"kind": "ids_as_numbers", "times": None}, {"kind": "blanks", "times": None}],
    "other shapes": [
        {"kind": "page_context_array", "times": None},
        {"kind": "flat_payment", "times": None},
        {"kind": "money_as_numbers", "times": None},
        {"kind": "without_names", "times": None},
        {"kind": "code_and_msg", "times": None},
    ],
    "payments by their other names": [
        {"kind": "old_payments_key", "times": None},
        {"kind": "flat_payment", "times": None, "whole": True},
    ],
}
#: Enough for the longest row of faults above.
MOST_PULLS: Final = 6


def pulled(chain: Chain) -> list[StoredPull | PolicyServiceError]:
    """Pull until it goes well; whatever does not leaves the ledger as it was."""
    ended: list[StoredPull | PolicyServiceError] = []
    for _ in range(MOST_PULLS):
        before = books_of(chain.ledger())
        try:
            ended.append(chain.pull())
        except ConnectorError as error:
            assert [] == differences(before, books_of(chain.ledger()))
            ended.append(error)
            chain.sleep(error.retry_after or 60)
        else:
            break
    return ended


@pytest.mark.parametrize("name", ["tokens that expire again and again", "broken answers", "other shapes"])
def test_faults_pass(chain: Chain, name: str) -> None:
    _pull_through(chain, name)


@pytest.mark.long
@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_passes(chain: Chain, name: str) -> None:
    _pull_through(chain, name)


def _pull_through(chain: Chain, name: str) -> None:
    chain.read_all()
    for fault in FAULTS[name]:
        kind = str(fault["kind"])
        chain.stand_in.fault(kind, **{key: value for key, value in fault.items() if key != "kind"})
    ended = pulled(chain)
    assert _struck(chain)
    chain.stop_faults()
    chain.pull()
    assert isinstance(ended[-1], StoredPull), [str(one) for one in ended]
    assert [] == chain.differences()
    with chain.house.database.reading() as session:
        found = runs(session, chain.name, SHOP)
    assert ["failed" if isinstance(one, ConnectorError) else "done" for one in ended] == [
        one.state for one in reversed(found)
    ][:-1]


def _struck(chain: Chain) -> bool:
    told = chain.stand_in.get("faults")["faults"]
    assert isinstance(told, list)
    # Fxiaoke gives its tokens at another address than the one that a foreign host is told with.
    return chain.name == "fxiaoke" or any(isinstance(one, dict) and one["done"] for one in told)


CHANGING: Final[dict[str, tuple[str, Fault]]] = {
    "fxiaoke": ("PaymentPlanObj", {"plan_payment_amount": "77.00"}),
    "zoho_books": ("invoices", {"due_date": "2026-05-05"}),
    "zoho_crm": ("Invoices", {"Due_Date": "2026-05-05"}),
}


@pytest.mark.parametrize("how", ["touch", "delete", "add"])
def test_rows_that_change_between_pages_are_not_left_out(chain: Chain, how: str) -> None:
    name, values = CHANGING[chain.name]
    given = {} if how == "delete" else {"with": values}
    chain.read_all()
    chain.stand_in.fault("changing", path=ROWS, times=4, object=name, touch=2, how=how, **given)
    chain.pull()
    chain.stop_faults()
    chain.sleep(25 * 3600)
    chain.pull()
    assert [] == chain.differences()
