"""How each output of the standing is judged stands in the how-to page as the code has it."""

import re

from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.services.override_limits import OF_THE_REVIEW_ITSELF, STRICTEST
from policy_service.services.override_reach import JUDGED_BY
from tests.docs.documents import section, text_of

_ROW = re.compile(r"^\| ((?:`\w+`(?:, )?)+) \| (.*?) ?\| (.+) \|$", re.MULTILINE)


def test_the_table_says_of_every_output_what_counts_at_once_and_how_the_rest_is_judged() -> None:
    table = section(text_of("how-to/give-an-override.md"), "When a second person is needed")
    rows = {
        name: (at_once, judged)
        for names, at_once, judged in _ROW.findall(table)
        for name in re.findall(r"`(\w+)`", names)
    }
    at_once = {name: f"`{text}`" for name, text in STRICTEST.items()} | {"grade": "the worst of the policy"}
    expected = {name: (at_once.get(name, ""), judged.value) for name, judged in JUDGED_BY.items()}
    refused = dict.fromkeys(OF_THE_REVIEW_ITSELF, ("", "cannot be overridden (R444)"))
    assert expected | refused == rows
    assert set(STANDING_OUTPUTS) == set(rows)
