"""Whoever is to be reviewed is listed with the reason, the longest overdue first."""

import datetime as dt

from policy_service.storage.database import Database
from policy_service.storage.review_backlog import BacklogKey, Due, ReviewBacklog
from policy_service.storage.review_task_store import ReviewTaskStore, StoredTask
from tests.storage.standings import DAY, add, known, proposed, recorded, standing


def day(number: int) -> dt.date:
    return DAY + dt.timedelta(days=number)


def task(customer_id: str = "C1", opened: int = 0, tried: int = 0, reason: str = "missing_fact") -> StoredTask:
    return StoredTask(customer_id, "D1", (reason,), day(opened), 10, day(tried))


def open_task(database: Database, *tasks: StoredTask) -> None:
    with database.writing() as session:
        for one in tasks:
            ReviewTaskStore(session).open(one)


def test_a_task_stays_open_since_its_first_try_until_it_is_closed(database: Database) -> None:
    known(database, "C1")
    open_task(database, task(opened=0, tried=0), task(opened=9, tried=9, reason="engine_fault"))
    with database.writing() as session:
        store = ReviewTaskStore(session)
        assert store.open_of("C1") == task(opened=0, tried=9, reason="engine_fault")
        store.close("C1", 20, "bob")
        assert store.open_of("C1") is None
    open_task(database, task(opened=12, tried=12))
    with database.reading() as session:
        assert ReviewTaskStore(session).open_of("C1") == task(opened=12, tried=12)


def test_a_referred_review_is_repeated_after_thirty_days() -> None:
    assert not task(tried=0).may_be_tried_on(day(29))
    assert task(tried=0).may_be_tried_on(day(30))


def test_each_cause_is_listed_with_its_day(database: Database) -> None:
    known(database, "C1", "C2", "C3", "C4", "C5")
    add(
        database,
        standing("S1", review_on=day(5), limit_until=day(3)),
        standing("S2", customer_id="C2", review_on=day(30)),
        standing("S3", customer_id="C3", state="ended", review_on=day(1)),
        proposed("S4", review_on=day(1)),
    )
    open_task(database, task("C2", opened=4, tried=8))
    recorded(database, "C4", day(-9), superseded_by=7)
    recorded(database, "C4", day(-7))
    recorded(database, "C4", day(2))
    recorded(database, "C1", day(-7))
    recorded(database, "C5", day(11))

    with database.reading() as session:
        found = ReviewBacklog(session).page(day(10))

    assert [(one.customer_id, one.causes) for one in found] == [
        ("C4", ((Due.NEVER_REVIEWED, day(-7)),)),
        ("C1", ((Due.LIMIT, day(3)), (Due.REVIEW, day(5)))),
        ("C2", ((Due.REFERRED, day(4)),)),
    ]


def test_pages_hold_every_customer_once(database: Database) -> None:
    ids = [f"C{number}" for number in range(7)]
    known(database, *ids)
    add(database, *(standing(f"S{one}", customer_id=one, review_on=day(number // 3)) for number, one in enumerate(ids)))
    listed: list[str] = []
    after: BacklogKey | None = None
    with database.reading() as session:
        while page := ReviewBacklog(session).page(day(10), after, 2):
            listed += [one.customer_id for one in page]
            after = page[-1].due_on, page[-1].customer_id
    assert listed == ids
