"""The server is killed. The page says so, and when it is back, shows everything that happened meanwhile."""

import re

from playwright.sync_api import expect as expect_page

from browser import browser
from stage import eventually, expect, play

EVENTS = 100
# What the browser says of a server that is not there.
GONE = ["ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE"]


def state(page, words):
    return page.get_by_role("status").filter(has_text=re.compile(words))


def run(stage):
    guid = stage.incident("Watched while the server is away")
    with browser(stage) as seen:
        seen.expected = GONE
        page = seen.page(f"/incidents/{guid}")
        table = seen.page("/incidents")
        for one in (page, table):
            expect_page(state(one, "^Live$")).to_be_visible()
        print("kill the server", flush=True)
        for one in (page, table):
            expect_page(state(one, "^Connection lost")).to_be_visible()
        texts = [f"Written meanwhile, number {number:03}" for number in range(EVENTS)]
        for text in texts:
            stage.tocsin("add-note", guid, "GENERAL", text, "--by", "ada")
        stage.tocsin("update-status", guid, "INVESTIGATING", "--by", "ada")
        print("start the server", flush=True)
        for one in (page, table):
            expect_page(state(one, "^Live$")).to_be_visible(timeout=30_000)
        expect_page(table.get_by_role("row", name=re.compile("Watched"))).to_contain_text("INVESTIGATING")
        expect_page(page.locator("[aria-current=step]")).to_contain_text("INVESTIGATING")
        page.get_by_role("button", name=re.compile(r"^\d+ new events$")).click()
        missing = eventually_none(page, texts)
        expect(not missing, f"{len(missing)} of {EVENTS} events are not on the page:", missing[:5])


def eventually_none(page, texts):
    """The texts that are not on the page, once none or no more of them come."""
    timeline = page.get_by_role("region", name="Timeline")
    missing = lambda: [text for text in texts if text not in told()]
    told = lambda: timeline.inner_text()
    try:
        eventually("all events on the page", lambda: not missing(), seconds=10)
    except AssertionError:
        pass
    return missing()


play(run)
