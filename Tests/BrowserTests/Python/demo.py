"""Demo data: there to look around, and gone without a trace by one button."""

import re
import sqlite3

from playwright.sync_api import expect as expect_page

from browser import browser
from stage import PASSWORD, expect, play


def run(stage):
    with browser(stage) as seen:
        page = seen.window(None).new_page()
        page.goto(stage.link)
        page.get_by_label("Name").fill("root")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Password again").fill(PASSWORD)
        page.get_by_label("Demo data").check()
        page.get_by_role("button", name="Create the user").click()
        expect_page(page.get_by_text("Some incidents here are demo data.")).to_be_visible()
        looks_full(page)
        own(page)
        page.goto("/")
        page.get_by_role("link", name="Remove the demo data").click()
        page.get_by_role("button", name=re.compile("Remove the demo data")).click()
        expect_page(page.get_by_text("The demo data is gone.")).to_be_visible()
        expect(titles(page) == ["Mine"], "what is left:", titles(page))
        page.goto("/")
        expect_page(page.get_by_text("demo data")).to_have_count(0)
    nothing_left(stage)
    stage.tocsin("verify-timeline")


def titles(page):
    page.goto("/incidents?status=all")
    return page.get_by_role("main").get_by_role("rowheader").all_inner_texts()


def looks_full(page):
    expect(len(titles(page)) > 8, "the demo has only", titles(page))
    page.goto("/alerts?view=all")
    expect(page.get_by_role("main").get_by_role("row").count() > 3, "there are hardly any alerts")
    page.goto("/incident-metrics")
    expect(page.get_by_role("main").get_by_role("img").count() >= 3, "there are hardly any charts")


def own(page):
    page.goto("/incidents/new")
    page.get_by_label("Title").fill("Mine")
    page.get_by_label("Package").fill("WEB")
    page.get_by_role("button", name="Open the incident").click()
    expect_page(page.get_by_role("heading", name="Mine", level=1)).to_be_visible()


def nothing_left(stage):
    """All that hangs on an incident hangs on the one that is somebody's own."""
    with sqlite3.connect(f"file:{stage.database}?mode=ro", uri=True) as database:
        count = lambda table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        left = {table: count(table) for table in TABLES}
    expect(left == TABLES, "rows:", left, "instead of", TABLES)


TABLES = {
    "data_incident": 1,
    "data_incident_alert": 0,
    "data_incident_note": 0,
    "data_incident_timeline": 1,
    "data_incident_communication": 0,
    "data_alert": 0,
    "def_notify": 0,
}

play(run)
