"""What happens in one window shows in others, at once and without a reload."""

import re
import statistics
import time

from playwright.sync_api import expect as expect_page

from browser import browser
from stage import expect, play

WITHIN = 1.0
CHANGES = 20

# Asks at every frame: what a person could see.
SHOWN = "(text) => document.querySelector('main').innerText.includes(text)"


def run(stage):
    stage.user("ada")
    guid = stage.incident("Live from here")
    with browser(stage) as seen:
        mine = seen.page(f"/incidents/{guid}")
        others = seen.page(f"/incidents/{guid}", name="ada")
        table = seen.page("/incidents", name="ada")
        home = seen.page("/", name="ada")
        for page in (mine, others, table, home):
            expect_page(page.get_by_role("status").filter(has_text=re.compile("^Live$"))).to_be_visible()
        status(mine, others, table, home)
        timeline(mine, others)
        rows(stage, table)
        focus(stage, table, "somebody")
        focus(stage, home, "somebody else")
        measure(stage, guid, others)


def status(mine, others, table, home):
    """Somebody takes it; everybody sees that, wherever they are."""
    mine.get_by_role("button", name="Acknowledge").click()
    steps = others.get_by_role("list", name="From created to closed")
    expect_page(steps.locator("[aria-current=step]")).to_contain_text("INVESTIGATING")
    expect_page(others.get_by_role("button", name="Now monitoring")).to_be_visible()
    expect_page(table.get_by_role("row", name=re.compile("Live from here"))).to_contain_text("INVESTIGATING")
    expect_page(home.get_by_role("row", name=re.compile("Live from here"))).to_contain_text("INVESTIGATING")


def timeline(mine, others):
    """What is new waits until it is wanted, and says so."""
    pill = others.get_by_role("button", name=re.compile(r"^\d+ new events?$"))
    pill.click()
    mine.get_by_role("textbox", name="Note", exact=True).fill("Seen by both")
    mine.get_by_role("button", name="Add note").click()
    expect_page(pill).to_be_visible()
    expect_page(others.get_by_text("Seen by both")).to_have_count(0)
    pill.click()
    note = others.get_by_role("listitem").filter(has_text="Seen by both")
    expect_page(note).to_be_visible()
    expect_page(pill).to_be_hidden()
    # In its place: before what is older.
    first = others.get_by_role("region", name="Timeline").get_by_role("list").last.get_by_role("listitem").first
    expect_page(first).to_contain_text("Seen by both")


def rows(stage, table):
    stage.incident("A second one")
    pill = table.get_by_role("button", name="1 new incident")
    expect_page(pill).to_be_visible()
    pill.click()
    expect_page(table.get_by_role("link", name="A second one")).to_be_visible()


def focus(stage, page, name):
    """Whoever walks through a list by keys stays where they are, though the row itself is renewed."""
    link = page.get_by_role("main").get_by_role("link", name="A second one")
    if not link.count():
        page.reload()
    link.focus()
    guid = link.get_attribute("href").split("/")[-1].split("?")[0]
    stage.api("PATCH", f"/api/v1/incidents/{guid}", {"assigned_to": name})
    expect_page(page.get_by_role("row", name=re.compile("A second one"))).to_contain_text(name)
    expect_page(link).to_be_focused()


def measure(stage, guid, page):
    """Twenty changes, of which nineteen are seen within a second: in one of three rounds, since other tests run too."""
    rounds = []
    for attempt in range(3):
        times = sorted(seconds(stage, guid, page, f"person-{attempt}-{number}") for number in range(CHANGES))
        rounds.append(times)
        if times[int(CHANGES * 0.95) - 1] <= WITHIN:
            break
    print("seconds until seen: median %.2f, p95 %.2f" % (statistics.median(times), times[int(CHANGES * 0.95) - 1]))
    expect(times[int(CHANGES * 0.95) - 1] <= WITHIN, "changes were seen after", rounds)


def seconds(stage, guid, page, name):
    begin = time.monotonic()
    stage.api("PATCH", f"/api/v1/incidents/{guid}", {"assigned_to": name})
    page.wait_for_function(SHOWN, arg=name, polling="raf")
    return time.monotonic() - begin


play(run)
