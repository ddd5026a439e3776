"""Every screen, in the order of the menu."""

from flask_admin import Admin, AdminIndexView
from flask_babel import lazy_gettext

from admin.screens.audit.audit import Audit
from admin.screens.cases.cases import Cases
from admin.screens.connections.accounts import ConnectionAccount
from admin.screens.connections.connections import Connections
from admin.screens.connections.mappings import ConnectionMappings
from admin.screens.connections.notices import ConnectionNotices
from admin.screens.connections.write_backs import ConnectionWriteBack
from admin.screens.customers.customers import Customers
from admin.screens.customers.overrides import Overrides
from admin.screens.customers.standings import Standings
from admin.screens.decisions.decisions import Decisions
from admin.screens.facts.facts import Facts
from admin.screens.held_orders.held_orders import HeldOrders
from admin.screens.home.home import Home
from admin.screens.imports.imports import Imports
from admin.screens.jobs.jobs import Jobs
from admin.screens.keys.keys import Keys
from admin.screens.mappings.mappings import Mappings
from admin.screens.people.people import People
from admin.screens.policies.policies import Policies
from admin.screens.rates.rates import Rates
from admin.screens.settings.settings import CompanySettingsScreen
from admin.screens.simulations.behind import BehindFigures
from admin.screens.simulations.compared import ComparedSimulations
from admin.screens.simulations.report import SimulationReport
from admin.screens.simulations.simulations import Simulations
from admin.screens.simulations.starting import NewSimulation
from admin.screens.webhooks.webhooks import Webhooks


def home() -> AdminIndexView:
    """Return the screen that everybody begins with."""
    return Home(name=lazy_gettext("Home"), url="/")


def add_screens(screens: Admin) -> None:
    """Add all the others, each to its part of the menu."""
    work = lazy_gettext("Work")
    screens.add_view(HeldOrders(lazy_gettext("Held orders"), work, "held-orders"))
    screens.add_view(Cases(lazy_gettext("Escalation"), work, "cases"))
    screens.add_view(Standings(lazy_gettext("Standings to agree to"), work, "standings"))
    screens.add_view(Overrides(lazy_gettext("Overrides"), work, "overrides"))
    found = lazy_gettext("Look up")
    screens.add_view(Customers(lazy_gettext("Customers"), found, "customers"))
    screens.add_view(Decisions(lazy_gettext("Decisions"), found, "decisions"))
    rules = lazy_gettext("Rules")
    screens.add_view(Policies(lazy_gettext("Policies"), rules, "policies"))
    screens.add_view(Simulations(lazy_gettext("Simulations"), rules, "simulations"))
    screens.add_view(NewSimulation(lazy_gettext("Simulations"), rules, "simulations/new"))
    screens.add_view(SimulationReport(lazy_gettext("Simulations"), rules, "simulations/report"))
    screens.add_view(BehindFigures(lazy_gettext("Simulations"), rules, "simulations/behind"))
    screens.add_view(ComparedSimulations(lazy_gettext("Simulations"), rules, "simulations/compared"))
    data = lazy_gettext("Data")
    screens.add_view(Imports(lazy_gettext("Imports"), data, "imports"))
    screens.add_view(Mappings(lazy_gettext("Column mappings"), data, "mappings"))
    connections = lazy_gettext("Connections")
    screens.add_view(Connections(connections, data, "connections"))
    screens.add_view(ConnectionAccount(connections, data, "connections/account"))
    screens.add_view(ConnectionMappings(connections, data, "connections/mapping"))
    screens.add_view(ConnectionNotices(connections, data, "connections/notices"))
    screens.add_view(ConnectionWriteBack(connections, data, "connections/write-back"))
    screens.add_view(Facts(lazy_gettext("Facts"), data, "facts"))
    screens.add_view(Rates(lazy_gettext("Currencies and rates"), data, "rates"))
    administration = lazy_gettext("Administration")
    screens.add_view(People(lazy_gettext("People"), administration, "people"))
    screens.add_view(Keys(lazy_gettext("API keys"), administration, "keys"))
    screens.add_view(Audit(lazy_gettext("Audit trail"), administration, "audit"))
    screens.add_view(CompanySettingsScreen(lazy_gettext("Settings"), administration, "settings"))
    screens.add_view(Webhooks(lazy_gettext("Webhooks"), administration, "webhooks"))
    screens.add_view(Jobs(lazy_gettext("Jobs"), administration, "jobs"))
