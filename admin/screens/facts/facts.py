"""The dictionary of facts: every input of a policy, how it is measured, and which policies read it."""

from typing import Any, Final

from flask import request
from flask_admin import expose

from admin.screens.facts.meanings import meaning_of
from admin.screens.screen import Screen
from admin.visitors import seeing, the_act, the_house
from policy_service.api.paging import cursor_of, position_of
from policy_service.domain.permissions import Permission
from policy_service.language.definitions.dictionary import FactSource
from policy_service.services.fact_dictionary import FactsWanted, described_fact, described_facts
from policy_service.storage.policy_store import PolicyStore

_SHOWN: Final = 50
_LONGEST: Final = 100


class Facts(Screen):
    """The facts, and each of them."""

    permission = Permission.POLICIES_READ

    @expose("/")
    def all(self) -> Any:
        """List facts by name: those that are searched for."""
        asked = {name: request.args.get(name, "").strip()[:_LONGEST] for name in ("search", "source", "policy")}
        source = asked["source"] if asked["source"] in set(FactSource) else ""
        position = position_of(request.args.get("after", ""), str)
        after = str(position[0]) if position else ""
        with seeing() as session:
            wanted = FactsWanted(asked["search"], source, asked["policy"])
            found = described_facts(the_house(), session, wanted, the_act().at)
            policies = PolicyStore(session).policy_ids()
        rows = [fact for fact in found if fact.definition.name > after]
        return self.render(
            "console/facts/all.html",
            facts=rows[:_SHOWN],
            count=len(found),
            following=cursor_of((rows[_SHOWN - 1].definition.name,)) if len(rows) > _SHOWN else "",
            asked={**asked, "source": source},
            sources=list(FactSource),
            policies=policies,
        )

    @expose("/fact/<fact_name>")
    def fact(self, fact_name: str) -> Any:
        """Show a fact: what it means, how it is measured, and which policies read it."""
        with seeing() as session:
            found = described_fact(the_house(), session, fact_name, the_act().at)
        return self.render(
            "console/facts/fact.html", fact=found, definition=found.definition, meaning=meaning_of(found.definition)
        )
