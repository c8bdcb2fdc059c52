"""The page of the API's document, in a browser that reaches nobody but us."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from support.browser import ORIGIN, Watch

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Route

    from support.small_town import SmallTown


def test_the_document_is_shown_without_asking_anybody_else(
    context: BrowserContext, town: SmallTown
) -> None:
    client = town.app.test_client()

    def answer(route: Route) -> None:
        parts = urlsplit(route.request.url)
        assert f"{parts.scheme}://{parts.netloc}" == ORIGIN
        found = client.get(parts.path)
        kept = {"Content-Type", "Content-Security-Policy"}
        headers = {name: value for name, value in found.headers if name in kept}
        route.fulfill(status=found.status_code, body=found.data, headers=headers)
        found.close()

    context.route("**/*", answer)
    watch = Watch()
    page = watch.on(context.new_page())
    page.goto(f"{ORIGIN}/api/v1/docs")
    operations = page.locator(".opblock")
    operations.first.wait_for()
    assert operations.count() == sum(map(len, town.conformance.document["paths"].values()))
    page.get_by_text("Take one report").click()
    page.get_by_text("垃圾外溢").first.wait_for()
    assert watch.faults == []
    assert {urlsplit(url).netloc for url in watch.requests if url.startswith("http")} == {
        urlsplit(ORIGIN).netloc
    }
