"""Every page that links lead to, with nothing and with everything on it: for eyes, thumbs, keys and screen readers."""

import sys
from pathlib import Path

from browser import browser
from crawl import DOORS, NEEDED, Crawl
from looks import LARGEST, axe, heavy, report, small_targets, unseen_focus, wide
from stage import expect, play
from story import tell

# 320 px is a small phone, or 400 % zoom; 640 px is 200 % zoom of a usual window.
SIZES = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "200 %": {"viewport": {"width": 640, "height": 450}},
    "phone": {"viewport": {"width": 320, "height": 640}, "has_touch": True},
}


def run(stage, data):
    if data == "full":
        tell(stage)
    with browser(stage) as seen:
        checks_work(seen)
        # Asking for what is not there is part of it.
        seen.expected = [r"status of 40[0-9]"]
        crawl = Crawl(seen.page("/help"))
        crawl.is_complete(NEEDED if data == "full" else [one for one in NEEDED if "{" not in one])
        faults = {}
        # Colours do not depend on the size, nor sizes on the colours.
        for theme, size in [("light", size) for size in SIZES] + [("dark", "wide")]:
            page = seen.window(color_scheme=theme, **SIZES[size]).new_page()
            for path in crawl.pages + DOORS[4:]:
                page.goto(path)
                faults[f"{path} ({data}, {theme}, {size})"] = look(page, path, theme, size)
            page.context.close()
        if data == "full":
            faults |= of_a_viewer(seen)
        faults |= doors(seen)
        report(faults)
    print(f"{len(crawl.pages)} pages: {' '.join(sorted(crawl.addresses))}")


def checks_work(seen):
    """A page with a fault of every kind: what finds nothing on it would find nothing anywhere."""
    page = seen.window(viewport={"width": 320, "height": 640}).new_page()
    forged = Path(__file__).with_name("forged.html").read_text(encoding="utf-8") + "<!-- heavy -->" * 8000
    page.route("**/help", lambda route: route.fulfill(body=forged, content_type="text/html"))
    page.goto("/help")
    page.add_style_tag(content=FAULTS)
    rules = {line.split(":")[0] for line in axe(page)}
    wanted = {"html-has-lang", "document-title", "image-alt", "color-contrast", "label", "page-has-heading-one"}
    expect(wanted <= rules, "axe does not find", wanted - rules)
    expect(wide(page) and len(small_targets(page)) == 2, "found:", wide(page), small_targets(page))
    expect(any("no ring" in line for line in unseen_focus(page)), "a missing ring is not found")
    expect(len(forged) > LARGEST, "the forged page is not heavy")
    page.context.close()
    seen.faults.clear()


FAULTS = """
.forged-pale { color: #ccc; background: #fff; white-space: nowrap; }
.forged-tiny { min-width: 0; min-height: 0; width: 10px; height: 10px; padding: 0; border: 0; margin: 0; font-size: 6px; }
.forged-bare, .forged-bare:focus, .forged-bare:focus-visible { outline: none !important; box-shadow: none !important; }
"""


def look(page, path, theme, size):
    unfold(page)
    # At 200 % it is the same page as on a phone, less narrow.
    found = axe(page) if size != "200 %" else []
    if theme != "dark":
        found += wide(page)
    if theme == "light":
        found += small_targets(page)
        if size == "wide":
            found += heavy(page, path) + unseen_focus(page)
    return found


def unfold(page):
    """What is folded in is part of the page."""
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")


def of_a_viewer(seen):
    """Who may only look sees other pages: without forms, and none that would be refused."""
    page = seen.page("/help", name="vera")
    crawl = Crawl(page)
    faults = {"links for a viewer": crawl.broken}
    for path in crawl.pages:
        page.goto(path)
        faults[f"{path} (viewer)"] = axe(page)
    return faults


def doors(seen):
    """The pages for somebody who is not signed in."""
    faults = {}
    for theme in ("light", "dark"):
        for size in ("wide", "phone"):
            page = seen.window(None, color_scheme=theme, **SIZES[size]).new_page()
            for path in DOORS[:4]:
                page.goto(path)
                faults[f"{path} (signed out, {theme}, {size})"] = look(page, path, "", size)
    return faults


play(run, *sys.argv[2:])
