"""Hostile text in every field: on no page and in no report does any of it become an element, an attribute, or a request."""

import sys
from urllib.parse import urlencode

from browser import browser
from crawl import Crawl
from payloads import PAYLOADS as ALL
from plant import HARMLESS, NOTE_TYPES, Garden
from stage import NAME, PASSWORD, expect, play
from structure import OF_ADDRESSES, differences

MODELS = [HARMLESS, "https://example.com/plain"] * len(NOTE_TYPES)
KINDS = ["incident", "alert", "silence", "heartbeat", "rule", "token", "user"]
REPORT = "/api/v1/incidents/{incident}/report?format=html"
# Names that no form of a page may have, and that pages read.
SAMPLE = 10
# Those of this part.
PAYLOADS = []
# What the browser says while pages are read on another one: refusals, and a report's own style, which only it may use.
READING = [r"status of 4\d\d", r"/help: (Applying inline style|policy: style-src)"]
QUERIES = {"said", "cursor", "next", "secret", "search", "ref", "format", "view", "x"}


def run(stage, part, parts):
    """Plays a part of the texts: each `parts`-th, from the `part`-th on."""
    PAYLOADS[:] = ALL[int(part) :: int(parts)]
    stage.api("PUT", "/api/v1/notify-rules/EVERYBODY", {"notify_name": "All", "notify_channels": "EMAIL:a@example.com"})
    garden = Garden(stage)
    garden.plant(MODELS)
    models = garden.plants[:]
    with browser(stage) as seen:
        seen.expected = READING
        page = seen.page("/help")
        # Somebody is signed in at another browser too, and says so on a row of its own.
        seen.sign_in(seen.window(None), NAME)
        crawl = Crawl(page, [(kind, plant[kind]) for plant in models for kind in KINDS], each=len(models))
        known = known_structures(page, crawl)
        checks_work(page, known)
        # Which it was to find.
        seen.faults.clear()
        garden.plant(PAYLOADS)
        garden.taken_everywhere(len(PAYLOADS) * 0.8)
        attack_sessions(stage, seen, page)
        faults = pages_of(page, garden.plants[len(models) :], known)
        faults += lists(page, known)
        faults += queries(page, crawl, known)
        expect(not faults, f"{len(faults)} faults:\n" + "\n".join(kinds(faults)))
        walk(page, garden.plants, known)
    print(f"{len(PAYLOADS)} texts in {len(garden.taken)} fields: {dict(garden.taken)}; pages: {sorted(known)}")


def checks_work(page, known):
    """One element, one attribute, one address too many: each is found."""
    honest = page.request.get("/help").text()
    for forged in ("<b>x</b>", "<a href='javascript:x'>x</a>", "<p class='hint' onclick='x'>x</p>", "<li><i>x</i></li>"):
        body = honest.replace("</main>", forged + "</main>")
        page.route("**/help", lambda route: route.fulfill(body=body, content_type="text/html"))
        for anything in (None, anything_in(known)):
            bones = page.evaluate(OF_ADDRESSES, ["/help"])[0]["bones"]
            expect(differences(bones, known["/help"], anything) or forged[1] == "b" and anything, forged, "is not found")
        page.unroute("**/help")


def kinds(faults):
    """One fault of each kind, with how often it is there."""
    found = {}
    for fault in faults:
        found.setdefault(fault.split(" at ", 1)[-1].split(" in ", 1)[-1], []).append(fault)
    return [f"{len(same)} times: {same[0]}" for same in found.values()][:80]


def known_structures(page, crawl):
    """The bones of pages that show harmless text, by shape."""
    known = {}
    for shape, addresses in crawl.addresses.items():
        known[shape] = [one["bones"] for one in page.evaluate(OF_ADDRESSES, addresses)]
    known[REPORT] = [
        one["bones"]
        for path in crawl.addresses["/incidents/{incident}"]
        for one in page.evaluate(OF_ADDRESSES, ["/api/v1" + path + "/report?format=html"])
    ]
    return known


def pages_of(page, plants, known):
    """Each text on the pages of what it was planted in."""
    faults = []
    for shape, models in known.items():
        if "{" not in shape or "{guid}" in shape or "{ref}" in shape or ("?" in shape and "format=" not in shape):
            continue
        addresses = [shape.format(**plant) for plant in plants]
        for plant, found in zip(plants, page.evaluate(OF_ADDRESSES, addresses)):
            expect(found["status"] < 500, found["address"], "answers", found["status"])
            if found["bones"]:
                faults += [f"{plant['text']!r} at {shape}: {line}" for line in differences(found["bones"], models)]
    return faults


def lists(page, known):
    """All texts on the pages that list them, to the last page."""
    faults = []
    anything = anything_in(known)
    for shape, models in known.items():
        if "{" in shape or "?" in shape:
            continue
        page.goto(shape)
        for _ in range(20):
            bones = page.evaluate(OF_ADDRESSES, [page.url])[0]["bones"]
            faults += [f"at {page.url}: {line}" for line in differences(bones, models, anything)]
            older = page.get_by_role("link", name="Older")
            if not older.count():
                break
            older.click()
    return faults


def anything_in(known):
    """Every bone that is on some page with harmless text."""
    return {bone for models in known.values() for model in models for bone in model["page"].split("\n")}


def queries(page, crawl, known):
    """Each text in each field for text that looks something up; and some of them in whatever else a page may read."""
    faults = []
    expect("search" in crawl.texts["/incidents"], "fields for text:", crawl.texts)
    anything = anything_in(known)
    for path in sorted({shape.split("?")[0] for shape in crawl.addresses if "{" not in shape}):
        own, free = crawl.forms.get(path, set()), crawl.texts.get(path, set())
        for place, name in enumerate(sorted(own | QUERIES)):
            texts = PAYLOADS if name in free else PAYLOADS[place % 10 :: len(PAYLOADS) // SAMPLE]
            plain, *found = page.evaluate(OF_ADDRESSES, [f"{path}?{urlencode({name: text})}" for text in [HARMLESS, *texts]])
            for text, one in zip(texts, found):
                expect(one["status"] < 500, one["address"], "answers", one["status"])
                if one["bones"] and plain["bones"]:
                    # What is found depends on what is looked for, so that only what stands nowhere else is strange.
                    usual = anything | set(plain["bones"]["page"].split("\n"))
                    strange = differences(one["bones"], [plain["bones"], *known.get(path, [])], usual)
                    faults += [f"{text!r} in {name} of {path}: {line}" for line in strange]
    return faults


def attack_sessions(stage, seen, page):
    """The browser's name, as the list of sessions shows it."""
    context = seen.window(None)
    for text in PAYLOADS[::20]:
        agent = text.encode("ascii", "ignore").decode().replace("\n", " ").replace("\r", " ")
        seen.sign_in(context, NAME, PASSWORD, headers={"User-Agent": agent})
    context.close()


def walk(page, plants, known):
    """Every incident and some reports are opened for real: what could run would run now."""
    for number, plant in enumerate(plants):
        for path in ("/incidents/{incident}", REPORT)[: 1 if number % 4 else 2]:
            page.goto(path.format(**plant))
            expect(page.evaluate("window.__xss") is None, plant["text"], "ran at", path)
    for form in ("markdown", "text", "json"):
        answer = page.request.get(REPORT.format(**plants[-1]).replace("html", form))
        # What is no page must not be taken for one.
        expect("html" not in answer.headers["content-type"], form, "is", answer.headers["content-type"])
        expect(answer.headers["x-content-type-options"] == "nosniff", form, "may be taken for a page")


play(run, *sys.argv[2:])
