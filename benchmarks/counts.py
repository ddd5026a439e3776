"""How much of everything is measured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counts:
    """The sizes of a run; a quick one shows that everything works, not how fast it is."""

    customers: int = 400
    invoices: int = 20_000
    rounds: int = 15
    table_rows: tuple[int, ...] = (10, 100, 1_000)
    table_decisions: int = 400
    large_rows: int = 1_000
    decisions: int = 200_000
    reloads: int = 1_000
    invoices_of_one: tuple[int, ...] = (50, 1_000, 10_000)
    ledger_invoices: int = 100_000
    requests: int = 600
    requests_for_memory: int = 20_000
    replayed_orders: tuple[int, ...] = (100_000, 1_000_000, 10_000_000)
    orders_in_loops: int = 5_000
    orders_in_queries: int = 1_000_000
    simulated_orders: tuple[int, ...] = (1_000_000, 10_000_000)
    #: So many ledgers of the largest size, one after the other.
    partitions: int = 0
    compiles_from_nothing: bool = True
    edited_orders: int = 1_000_000
    #: The company of the console: so many invoices, copied so often, with so many decisions.
    invoices_of_company: int = 4_000
    copies: int = 250
    console_decisions: int = 1_000_000
    #: Zoho CRM with so many invoices each; other systems have fewer.
    pulled_invoices: tuple[int, ...] = (10_000, 100_000)


QUICK = Counts(
    customers=12,
    invoices=240,
    rounds=2,
    table_rows=(10, 40),
    table_decisions=20,
    large_rows=40,
    decisions=300,
    reloads=3,
    invoices_of_one=(20, 60),
    ledger_invoices=500,
    requests=24,
    requests_for_memory=20,
    replayed_orders=(1_000, 2_000),
    orders_in_loops=200,
    orders_in_queries=2_000,
    simulated_orders=(2_000,),
    compiles_from_nothing=False,
    edited_orders=2_000,
    invoices_of_company=120,
    copies=3,
    console_decisions=200,
    pulled_invoices=(300, 600),
)
LONG = Counts(decisions=1_000_000, requests_for_memory=200_000, orders_in_queries=10_000_000, partitions=10)
