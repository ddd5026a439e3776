"""The documentation is served from here, asks nobody else for anything, and has an anchor for every error."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from policy_service.api.error_page import rendered
from policy_service.storage.database import Database
from tests.api.whole import whole_app
from tests.docs.documents import headings, text_of
from tests.services.decisions.live import open_house

PAGES = ("/docs/", "/docs/errors")
LINKS = re.compile(r"""(?:src|href)="([^"]+)\"""")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Give a client of an application whose database nobody looks at."""
    house = open_house(Database(f"sqlite:///{tmp_path_factory.mktemp('docs') / 'none.db'}"))
    yield whole_app(house).test_client()
    house.close()


def text_at(client: FlaskClient, address: str) -> str:
    """Return what is served there, with the file closed again."""
    with client.get(address) as answer:
        assert 200 == answer.status_code, address
        return answer.get_data(as_text=True)


@pytest.mark.parametrize("page", PAGES)
def test_everything_a_page_links_to_is_here(client: FlaskClient, page: str) -> None:
    text = text_at(client, page)
    links = [link for link in LINKS.findall(text) if not link.startswith("#")]
    assert links
    for link in links:
        assert link.startswith("files/"), link
        with client.get(f"/docs/{link}") as answer:
            assert 200 == answer.status_code


@pytest.mark.parametrize("page", PAGES)
def test_a_page_may_ask_nobody_but_this_service(client: FlaskClient, page: str) -> None:
    with client.get(page) as answer:
        policy = dict(each.strip().split(" ", 1) for each in answer.headers["Content-Security-Policy"].split(";"))
        text = answer.get_data(as_text=True)
    assert "'none'" == policy["default-src"]
    assert {"'self'", "'self' data:", "'none'"} == set(policy.values())
    assert not re.search(r"<style|style=|<script(?! src)| on\w+=", text)


def test_the_page_of_endpoints_reads_the_description_of_this_service(client: FlaskClient) -> None:
    start = text_at(client, "/docs/files/start.js")
    assert '"../v1/openapi.json"' in start
    assert "http" not in start


def test_every_error_has_its_anchor(client: FlaskClient) -> None:
    text = text_at(client, "/docs/errors")
    codes = [heading for heading in headings(text_of("reference/errors.md")) if re.fullmatch(r"[A-Z]\d{3}", heading)]
    assert len(codes) > 100
    assert [] == [code for code in codes if f'id="{code.lower()}"' not in text]


def test_links_of_the_page_lead_to_its_anchors(client: FlaskClient) -> None:
    text = text_at(client, "/docs/errors")
    assert [] == [link for link in re.findall(r'href="#([^"]+)"', text) if f'id="{link}"' not in text]


def test_markup_in_a_document_is_text() -> None:
    page = rendered("# A <b>\n\n[in](#a-b) [out](api.md) `<script>`\n\n<script>alert(1)</script>\n", "A & B")
    assert "<title>A &amp; B</title>" in page
    assert '<a href="#a-b">in</a> out <code>&lt;script&gt;</code>' in page
    assert "<script" not in page


@pytest.mark.parametrize("name", ["swagger-ui.js", "../docs_page.py", "%2e%2e/app.py", "index.html", ""])
def test_no_other_file_is_served(client: FlaskClient, name: str) -> None:
    assert 404 == client.get(f"/docs/files/{name}").status_code


def test_the_address_without_its_slash_leads_to_the_page(client: FlaskClient) -> None:
    answer = client.get("/docs")
    assert (308, "/docs/") == (answer.status_code, answer.headers["Location"].removeprefix("http://localhost"))
