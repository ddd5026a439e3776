"""The ledger and the policy with two dials as files, for commands."""

from pathlib import Path

from tests.simulations.plain.cases import lines_of
from tests.simulations.search.dialled import HEAD, LEDGER, ORDER_CHECK


def write_dialled(folder: Path, *, dials: str = HEAD, order_check: str = ORDER_CHECK) -> tuple[Path, Path]:
    """Write both; return the folder of the ledger and that of the policy."""
    ledger, policy = folder / "ledger", folder / "dialled"
    ledger.mkdir()
    policy.mkdir()
    (ledger / "customers.csv").write_text("customer_id,industry\nC1,food\nC2,construction\n")
    for table, text in LEDGER.items():
        (ledger / f"{table}.csv").write_text("\n".join(lines_of(text)), "utf-8")
    head = (
        "policy: dialled\ntitle: {en: With two dials, zh: 双参数政策}\nbase_currency: CNY\nrule_sets: [order_check]\n"
    )
    (policy / "policy.yaml").write_text(head + dials, "utf-8")
    (policy / "order_check.yaml").write_text(order_check, "utf-8")
    return ledger, policy
