"""What `policy snapshot` does: import a ledger a piece at a time, write its snapshot, say what is in it."""

from pathlib import Path

from policy_service.cli import output
from policy_service.cli.ledger_files import ledger_named, the_mapping
from policy_service.cli.ledger_options import the_policy
from policy_service.language.definitions.dictionary_files import load_dictionary
from policy_service.settings import read_settings
from simulations.ledger_snapshot.from_files import made_from


def prepare(folder: Path | None, mapping: str | None, policy_name: str | None, destination: Path) -> str:
    """Write the snapshot of a ledger into a folder, and return what to say of it.

    Currency and customer facts are those of the policy. RequestError R406 or R407; what `made_from` refuses.
    """
    policy, source = the_policy(policy_name), ledger_named(folder)
    declared = {**load_dictionary(read_settings().rules_dir).facts, **policy.facts}
    with output.progress("Preparing the ledger") as advance:
        snapshot = made_from(source, destination, policy.currency, declared, the_mapping(mapping), advance)
    counts = (
        output.plural(snapshot.customers, "customer"),
        output.plural(len(snapshot.invoices.issued), "invoice"),
        output.plural(len(snapshot.orders.date), "order"),
        output.plural(snapshot.quarantined, "row") + " left out",
    )
    return f"{destination}: {', '.join(counts)}\nHash {snapshot.hash}"
