"""Times in the viewer's zone, colours as they like them, nothing that moves for who wants that, and a report on paper."""

import re

from playwright.sync_api import expect as expect_page

from browser import browser
from stage import expect, play
from story import tell

DARK, LIGHT = "dark", "light"
BACKGROUND = """() => {
  const [r, g, b] = getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).map(Number);
  const [r2, g2, b2, a = 1] = getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number);
  return (a === 0 ? r + g + b : r2 + g2 + b2) < 384 ? 'dark' : 'light';
}"""


def run(stage):
    guids = tell(stage)
    with browser(stage) as seen:
        times(seen, stage, guids[0])
        themes(seen)
        motion(seen, guids[0])
        paper(seen, guids[2])


def times(seen, stage, guid):
    """17:38 in Adelaide is not 07:08 UTC to whoever reads it at 3 a.m."""
    created = stage.get(f"/incidents/{guid}")["created_at"]
    for zone, locale, hours in (("Australia/Adelaide", "en-GB", 10.5), ("America/New_York", "en-US", -5), ("UTC", "de-DE", 0)):
        page = seen.page(f"/incidents/{guid}", timezone_id=zone, locale=locale)
        moment = page.get_by_role("main").locator(f"time[datetime='{created}']:not([data-age])").first
        shown = page.evaluate(
            "(text) => new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' }).format(Date.parse(text))",
            created,
        )
        expect_page(moment).to_have_text(shown)
        offset = page.evaluate("(text) => -new Date(text).getTimezoneOffset() / 60", created)
        expect(offset == hours, zone, "is", offset, "hours from UTC")
        expect_page(moment).to_have_attribute("title", re.compile(re.escape(created[11:19]) + r".* UTC"))
        page.context.close()
    without = seen.page(f"/incidents/{guid}", java_script_enabled=False, timezone_id="Australia/Adelaide")
    expect_page(without.locator(f"time[datetime='{created}']:not([data-age])").first).to_contain_text("UTC")


def themes(seen):
    """As the system has it, until somebody chooses; then on every page from the first byte on."""
    for system in (LIGHT, DARK):
        page = seen.page("/", color_scheme=system)
        is_now(page, system)
        for word, theme in (("Dark", DARK), ("Light", LIGHT), ("As the system", system)):
            page.locator("summary").filter(has_text="root").click()
            page.get_by_role("banner").get_by_role("button", name=word, exact=True).click()
            is_now(page, theme)
            page.goto("/incidents")
            is_now(page, theme)
        page.context.close()


def is_now(page, theme):
    page.wait_for_load_state()
    found = page.evaluate(BACKGROUND)
    expect(found == theme, page.url, "is", found, "but should be", theme)


def motion(seen, guid):
    """What moves by itself stands still for whoever asks for that."""
    moves = """() => [...document.querySelectorAll('*')].filter((one) => {
      const style = getComputedStyle(one);
      const longest = (text) => Math.max(...text.split(',').map(parseFloat));
      return (style.animationName !== 'none' && longest(style.animationDuration) > 0.01)
        || longest(style.transitionDuration) > 0.01 || style.scrollBehavior === 'smooth';
    }).map((one) => one.outerHTML.slice(0, 100))"""
    page = seen.page(f"/incidents/{guid}", reduced_motion="reduce")
    # What has just come in may be shown by a movement.
    page.evaluate("document.querySelector('main li')?.classList.add('fresh')")
    found = page.evaluate(moves)
    expect(not found, "moves:", found[:5])


def paper(seen, guid):
    """The report alone: no navigation, no buttons, dark on white."""
    page = seen.page(f"/incidents/{guid}/report", color_scheme=DARK)
    expect_page(page.get_by_role("navigation", name="Pages")).to_be_visible()
    page.emulate_media(media="print")
    for one in (page.get_by_role("navigation"), page.get_by_role("banner"), page.get_by_role("contentinfo")):
        for place in range(one.count()):
            expect_page(one.nth(place)).to_be_hidden()
    expect_page(page.get_by_role("main").get_by_role("button")).to_have_count(0)
    expect_page(page.get_by_role("heading", level=1)).to_be_visible()
    expect_page(page.get_by_role("article")).to_contain_text("REF-")
    found = page.evaluate(BACKGROUND)
    expect(found == LIGHT, "paper is", found)
    expect(len(page.pdf()) > 10_000, "no PDF")


play(run)
