"""The keyboard: letters that lead somewhere, off while somebody types, and off altogether for whoever wants that."""

import re

from playwright.sync_api import expect as expect_page

from browser import browser
from stage import expect, play


def run(stage):
    guids = [stage.incident(title) for title in ("Zebra crossing dark", "Xylophone out of tune", "Quince jam short")]
    with browser(stage) as seen:
        page = seen.page("/")
        helps(page)
        leads(page, "c", "/incidents/new", "/")
        leads(page, "g i", "/incidents")
        leads(page, "g a", "/alerts")
        leads(page, "g c", "/communications")
        leads(page, "g m", "/incident-metrics")
        leads(page, "g h", "/")
        search(page)
        rows(page, guids)
        incident(page, guids[0])
        palette(page, guids[1])
        typing(page)
        turned_off(page)


def press(page, keys):
    for key in keys.split(" "):
        page.keyboard.press(key)


def leads(page, keys, path, start="/help"):
    page.goto(start)
    press(page, keys)
    page.wait_for_url(lambda address: address.split("?")[0].endswith(path))


def helps(page):
    """`?` tells the keys of this very page."""
    page.goto("/incidents")
    press(page, "?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect_page(dialog).to_be_visible()
    for key in ("c", "/", "g", "?", "j"):
        expect_page(dialog.locator("kbd").get_by_text(key, exact=True).first).to_be_visible()
    press(page, "Escape")
    expect_page(dialog).to_be_hidden()


def search(page):
    page.goto("/alerts")
    press(page, "/")
    field = page.get_by_role("searchbox", name="Search incidents")
    expect_page(field).to_be_focused()
    page.keyboard.type("xylophone")
    press(page, "Enter")
    expect_page(page.get_by_role("main").get_by_role("link", name="Xylophone out of tune")).to_be_visible()
    expect_page(page.get_by_role("main").get_by_role("link", name="Zebra crossing dark")).to_have_count(0)


def rows(page, guids):
    """The newest is on top."""
    page.goto("/incidents")
    titles = ["Quince jam short", "Xylophone out of tune", "Zebra crossing dark"]
    for key, place in (("j", 0), ("j", 1), ("j", 2), ("j", 2), ("k", 1)):
        press(page, key)
        expect_page(page.get_by_role("link", name=titles[place])).to_be_focused()
    press(page, "Enter")
    page.wait_for_url(f"**/incidents/{guids[1]}")


def incident(page, guid):
    page.goto(f"/incidents/{guid}")
    press(page, "n")
    note = page.get_by_role("textbox", name="Note", exact=True)
    expect_page(note).to_be_focused()
    page.keyboard.type("Letters in a note: c s n ? /")
    expect_page(note).to_have_value("Letters in a note: c s n ? /")
    press(page, "ControlOrMeta+Enter")
    expect_page(page.get_by_role("listitem").filter(has_text="Letters in a note")).to_be_visible()
    # A slip of a finger changes no status: the letter goes to the button, Enter presses it.
    press(page, "s")
    button = page.get_by_role("button", name="Acknowledge")
    expect_page(button).to_be_focused()
    press(page, "Enter")
    expect_page(page.locator("[aria-current=step]")).to_contain_text("INVESTIGATING")


def palette(page, guid):
    """Any incident by three letters."""
    page.goto("/silences")
    press(page, "ControlOrMeta+k")
    box = page.get_by_role("combobox", name="Go to")
    expect_page(box).to_be_focused()
    page.keyboard.type("xyl")
    expect_page(page.get_by_role("dialog", name="Go to").get_by_role("option").first).to_contain_text("Xylophone out of tune")
    press(page, "Enter")
    page.wait_for_url(f"**/incidents/{guid}")
    # It works from a field too, and leads to places.
    page.get_by_role("textbox", name="Note", exact=True).click()
    press(page, "ControlOrMeta+k")
    page.keyboard.type("silenc")
    expect_page(page.get_by_role("dialog", name="Go to").get_by_role("option").first).to_contain_text(re.compile("silences", re.I))
    press(page, "Escape")
    expect_page(page.get_by_role("dialog", name="Go to")).to_be_hidden()
    expect_page(page.get_by_role("textbox", name="Note", exact=True)).to_be_focused()


def typing(page):
    """In no field does a letter lead away."""
    page.goto("/incidents/new")
    for label in ("Title", "Package", "Description", "Assigned to"):
        field = page.get_by_role("main").get_by_label(label)
        field.click()
        page.keyboard.type("gi c?n/sj")
        expect_page(field).to_have_value("gi c?n/sj")
    expect(page.url.endswith("/incidents/new"), "typing led to", page.url)
    expect_page(page.get_by_role("dialog")).to_have_count(0)


def turned_off(page):
    """Whoever dictates, or holds a pen in the mouth, turns them off (WCAG 2.2, 2.1.4)."""
    page.goto("/account")
    page.get_by_role("button", name=re.compile("off", re.I)).and_(page.locator("[name=keys]")).click()
    page.goto("/incidents")
    press(page, "c")
    press(page, "?")
    press(page, "g")
    press(page, "a")
    press(page, "/")
    expect(page.url.endswith("/incidents"), "a letter led to", page.url)
    expect_page(page.get_by_role("dialog")).to_have_count(0)
    expect_page(page.get_by_role("searchbox", name="Search incidents")).not_to_be_focused()
    page.goto("/account")
    page.get_by_role("button", name=re.compile("on", re.I)).and_(page.locator("[name=keys]")).click()
    leads(page, "c", "/incidents/new", "/")


play(run)
