"""The mappings of the sample CRMs: what ships, with a few lines changed, and each of their fields is there."""

import pytest

from policy_service.cli.crm_demo.mappings import EDITS, Edit, as_diff, edited
from policy_service.cli.crm_demo.stand_ins import STOOD_IN_FOR
from policy_service.connectors.mapping.mapping import wanted
from policy_service.connectors.mapping.reader import read_connector_mapping
from policy_service.connectors.port import System
from policy_service.domain.errors import PolicyServiceError
from policy_service.ledger.columns import Table
from tests.cli.running import RULES


def shipped(system: System) -> str:
    return (RULES / "connectors" / f"{system.value}.yaml").read_text("utf-8")


@pytest.mark.parametrize("system", STOOD_IN_FOR)
def test_each_mapping_that_ships_can_be_edited_and_is_a_mapping(system: System) -> None:
    mapping = read_connector_mapping(edited(system, shipped(system)), "edited.yaml")
    assert (system, 1) == (mapping.system, len(mapping.write_back))
    assert {"Stop_Credit", "cf_stop_credit", "stop_credit__c"} & set(wanted(mapping, with_written=True)[0].fields)


def test_orders_of_zoho_crm_are_read_too() -> None:
    mapping = read_connector_mapping(edited(System.ZOHO_CRM, shipped(System.ZOHO_CRM)), "edited.yaml")
    assert Table.ORDERS in {feed.table for feed in mapping.feeds}


@pytest.mark.parametrize("system", STOOD_IN_FOR)
def test_a_shipped_mapping_that_was_changed_is_said(system: System) -> None:
    line = EDITS[system][0].shipped
    for text in (shipped(system).replace(line, ""), shipped(system) + line + "\n"):
        with pytest.raises(PolicyServiceError, match="no single line") as refused:
            edited(system, text)
        assert "X198" == refused.value.code


def test_an_edit_is_shown_as_what_goes_and_what_comes() -> None:
    assert "- a: b\n+ a: c" == as_diff(Edit("    a: b", "    a: c"))
    assert "    a: b\n+\n+ - c" == as_diff(Edit("    a: b", "    a: b\n\n  - c"))
