"""The connector of Fxiaoke and the stand-in, each made from the text of the protocol alone, understand each other."""

from typing import Final

import pytest

from policy_service.connectors.fxiaoke.connector import Fxiaoke, open_fxiaoke
from policy_service.connectors.means import Account
from policy_service.connectors.port import Change, FieldKind, Task, Wanted
from tests.connectors.fxiaoke.company import SETTINGS
from tests.connectors.mirror import Mirror
from tests.connectors.stand_ins import StandIn
from tests.connectors.standing_in import World

PLANS: Final = Wanted("PaymentPlanObj", ("order_id", "order_id__r", "plan_payment_amount", "plan_payment_time"))
DAY: Final = 24 * 3600.0


def connected(there: StandIn, world: World, **settings: str) -> Fxiaoke:
    world.origins = (there.origin,)
    said = there.sign_in
    own = {"origin": there.origin, "app_id": said["appId"], "mobile": said["mobile"], "page_rows": "100"}
    secrets = {"app_secret": said["appSecret"], "permanent_code": said["permanentCode"]}
    return open_fxiaoke(Account({**SETTINGS, **own, **settings}, secrets), world.means)


def valid(there: StandIn, name: str = "PaymentPlanObj") -> dict[str, object]:
    return {row_id: body for row_id, body in there.rows(name).items() if body["life_status"] != "invalid"}


def test_every_row_is_pulled_by_an_object_of_several_pages(fxiaoke: StandIn) -> None:
    mirror = Mirror()
    mirror.pull(connected(fxiaoke, World()), PLANS)
    rows = fxiaoke.rows("PaymentPlanObj")
    assert valid(fxiaoke).keys() == mirror.bodies.keys()
    assert len(rows) // 100 + 1 == mirror.pages
    for row_id, body in mirror.bodies.items():
        assert rows[row_id]["order_id"] == body["order_id"]
        assert isinstance(body["order_id__r"], str)


def test_what_changed_and_what_vanished_over_there_is_known_after_a_day(fxiaoke: StandIn) -> None:
    world, mirror = World(), Mirror()
    connector = connected(fxiaoke, world)
    mirror.pull(connector, PLANS)
    changed, deleted, invalid, *_ = valid(fxiaoke)
    fxiaoke.change("PaymentPlanObj", set={changed: {"plan_payment_amount": "77.00"}}, delete=[deleted])
    fxiaoke.change("PaymentPlanObj", invalidate=[invalid])
    mirror.pull(connector, PLANS)
    assert "77.00" == mirror.bodies[changed]["plan_payment_amount"]
    assert invalid not in mirror.bodies
    assert deleted in mirror.bodies
    world.seconds += DAY
    mirror.pull(connector, PLANS)
    assert valid(fxiaoke).keys() == mirror.bodies.keys()


def test_rows_that_change_after_every_page_are_pulled_whole(fxiaoke: StandIn) -> None:
    mirror, connector = Mirror(), connected(fxiaoke, World())
    for _ in range(100):
        page = connector.page(PLANS, mirror.cursor)
        mirror.take(page)
        fxiaoke.change("PaymentPlanObj", touch=40)
        if page.is_last:
            break
    mirror.pull(connector, PLANS)
    assert valid(fxiaoke).keys() == mirror.bodies.keys()


@pytest.mark.parametrize("kind", ["expired_token", "throttled", "status", "truncated", "broken"])
def test_what_goes_wrong_in_the_middle_is_got_over(fxiaoke: StandIn, kind: str) -> None:
    options = {"status": 503} if kind == "status" else {}
    fxiaoke.fault(kind, path="/query$", skip=1, times=1, **options)
    mirror = Mirror()
    mirror.pull(connected(fxiaoke, World()), PLANS)
    assert valid(fxiaoke).keys() == mirror.bodies.keys()


def test_money_that_is_a_number_passes_through_no_float(fxiaoke: StandIn) -> None:
    as_text, as_number = Mirror(), Mirror()
    as_text.pull(connected(fxiaoke, World()), PLANS)
    fxiaoke.fault("money_as_numbers", path="/query$")
    as_number.pull(connected(fxiaoke, World()), PLANS)
    amounts = [body["plan_payment_amount"] for body in as_number.bodies.values()]
    assert not any(isinstance(amount, float) for amount in amounts)
    assert [float(str(body["plan_payment_amount"])) for body in as_text.bodies.values()] == [
        float(str(amount)) for amount in amounts
    ]


def test_what_is_there_is_discovered(fxiaoke: StandIn) -> None:
    connector = connected(fxiaoke, World())
    objects = {one.name: one for one in connector.objects()}
    assert objects["Dispute__c"].is_custom
    fields = {field.name: field for field in connector.fields("PaymentPlanObj")}
    assert FieldKind.MONEY is fields["plan_payment_amount"].kind
    assert "SalesOrderObj" == fields["order_id"].refers_to
    assert ("incomplete", "completed", "overdue") == fields["plan_payment_status"].choices


def test_objects_of_the_company_itself_are_pulled_too(fxiaoke: StandIn) -> None:
    mirror = Mirror()
    mirror.pull(connected(fxiaoke, World(), page_rows="1000"), Wanted("Dispute__c", ("opened__c",)))
    assert valid(fxiaoke, "Dispute__c").keys() == mirror.bodies.keys()


def test_what_is_written_back_starts_no_workflow(fxiaoke: StandIn) -> None:
    connector = connected(fxiaoke, World())
    row_id = next(iter(valid(fxiaoke, "AccountObj")))
    (written,) = connector.write("AccountObj", [Change(row_id, {"credit_limit__c": "120000.00"})])
    assert written.is_done
    assert "120000.00" == fxiaoke.rows("AccountObj")[row_id]["credit_limit__c"]
    (told,) = connector.assign([Task("k", "AccountObj", row_id, "Stop credit", "40 days overdue")])
    assert told.is_done
    assert [False, False] == [write["workflows"] for write in fxiaoke.writes()]
    assert [] == fxiaoke.refusals()


def test_a_field_that_is_not_there_is_refused_row_by_row(fxiaoke: StandIn) -> None:
    row_id = next(iter(valid(fxiaoke, "AccountObj")))
    changes = [Change("nobody", {"tel": "1"}), Change(row_id, {"tel": "2"})]
    first, second = connected(fxiaoke, World(), listing_hours="0").write("AccountObj", changes)
    assert (False, True) == (first.is_done, second.is_done)
