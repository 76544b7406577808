"""Somebody types a note while everything around them changes: no character, no place, no focus is lost."""

import random
import threading

from playwright.sync_api import expect as expect_page

from browser import PHONE, WIDE, browser
from stage import expect, play

UPDATES = 50
TEXT = (
    "02:40 the pool is full again; I see 94 sessions idle in transaction, all from UserService. "
    "Trying: restart of one node, then the time-out. \u00c4rger mit \u201cbase\u201d, and a caf\u00e9 later \u2013 done?"
)

STATE = """() => {
  const field = document.activeElement;
  return { id: field.id, value: field.value, start: field.selectionStart, y: field.getBoundingClientRect().y, scroll: scrollY };
}"""


def run(stage):
    with browser(stage) as seen:
        for size in (WIDE, PHONE):
            typed(stage, seen, size)


def typed(stage, seen, size):
    guid = stage.incident("Busy")
    for number in range(30):
        stage.post(f"/incidents/{guid}/notes", note_type="GENERAL", content=f"Earlier, number {number}")
    page = seen.page(f"/incidents/{guid}", **size)
    expect_page(page.get_by_role("status").filter(has_text="Live")).to_be_attached()
    field = page.get_by_role("textbox", name="Note", exact=True)
    field.scroll_into_view_if_needed()
    field.click()
    before = page.evaluate(STATE)
    others = threading.Thread(target=disturb, args=(stage, guid))
    others.start()
    chance = random.Random(7)
    at = 0
    for letter in TEXT:
        page.keyboard.type(letter, delay=chance.uniform(30, 90))
        at += 1
        now = page.evaluate(STATE)
        expect(now["id"] == before["id"], "the focus went to", now["id"] or "nothing", "after", at, "letters")
        expect(now["value"] == TEXT[:at], "typed", repr(TEXT[:at]), "but there is", repr(now["value"]))
        expect(now["start"] == at, "the caret is at", now["start"], "after", at, "letters")
        expect(abs(now["y"] - before["y"]) < 1.5, "the field moved by", now["y"] - before["y"], "after", at, "letters")
    others.join()
    # And all of it did arrive here.
    page.get_by_role("button", name="new event").click()
    expect_page(page.get_by_role("region", name="Timeline")).to_contain_text(f"Update {UPDATES - 1}")
    expect_page(field).to_have_value(TEXT)
    reading(stage, page, guid)


def disturb(stage, guid):
    """Fifty changes of every kind, each of which the page hears of."""
    for number in range(UPDATES):
        if number % 5 == 0:
            stage.api("PATCH", f"/api/v1/incidents/{guid}", {"assigned_to": f"person {number}"})
        elif number % 5 == 1:
            stage.api("PATCH", f"/api/v1/incidents/{guid}", {"description": f"Text {number}\n\n" * (number % 7)})
        elif number % 5 == 2:
            stage.post(f"/incidents/{guid}/alerts", alert_guid=f"alert-{number}")
        elif number % 5 == 3:
            stage.post(f"/incidents/{guid}/communications", channel="PHONE", message=f"Call {number}", recipient="+1")
        stage.post(f"/incidents/{guid}/notes", note_type="GENERAL", content=f"Update {number}")


def reading(stage, page, guid):
    """Whoever reads further down goes on reading there."""
    line = page.get_by_role("listitem").filter(has_text="Earlier, number 3").last
    page.keyboard.press("Escape")
    line.scroll_into_view_if_needed()
    before = line.bounding_box()["y"]
    for number in range(5):
        stage.post(f"/incidents/{guid}/notes", note_type="GENERAL", content=f"Late {number}")
    expect_page(page.get_by_role("button", name="new event")).to_be_attached()
    expect_page(page.get_by_role("button", name="5 new events")).to_have_count(1)
    moved = line.bounding_box()["y"] - before
    expect(abs(moved) < 1.5, "what somebody read moved by", moved)


play(run)
