"""Connected, checked and pulled by the shipped mapping: the ledger in force is what the other system holds."""

from tests.connectors.whole.chain import Chain


def test_a_first_pull_brings_all_that_is_there(chain: Chain) -> None:
    assert chain.check()
    run = chain.pull()
    assert ("done", 0) == (run.state, run.left_out)
    assert [] == chain.differences()
    assert ([], 0) == (chain.stand_in.refusals(), chain.stand_in.calls()["deep_offsets"])


def test_a_second_pull_changes_nothing(chain: Chain) -> None:
    chain.pull()
    again = chain.pull()
    assert (0, 0, None) == (again.changed, again.added, again.import_id)
