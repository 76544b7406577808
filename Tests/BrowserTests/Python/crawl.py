"""Finds every page by following links, as somebody would: so that no page is forgotten when one is added."""

import re
from urllib.parse import parse_qsl, urlsplit

from stage import expect

# Where nobody who is signed in comes by links, or where the word for the page is the point.
DOORS = ["/login", "/setup", "/setup?secret=x", "/login?next=/incidents", "/incidents/none-such", "/none-such"]

# Without any of these, the pages are not complete, or nothing leads there.
NEEDED = """/ /incidents /incidents/new /incidents/{guid} /alerts /alerts/{guid} /silences /silences/new /silences/{guid}
/communications /incident-metrics /notify-rules /channels /people /tokens /account /system /help""".split()

# A report has a style of its own, of which this page's policy would complain: it is left out.
LINKS = r"""async (path) => {
  const answer = await fetch(path, { headers: { accept: 'text/html' } });
  const type = answer.headers.get('content-type') ?? '';
  if (!type.startsWith('text/html')) return { status: answer.status, type, links: [], forms: [], at: answer.url };
  const text = (await answer.text()).replace(/<style>[^]*?<\/style>| style="[^"]*"/g, '');
  const page = new DOMParser().parseFromString(text, 'text/html');
  const links = [...page.querySelectorAll('a[href]')].map((one) => new URL(one.getAttribute('href'), answer.url).href);
  const forms = [...page.querySelectorAll('form')].filter((one) => one.method === 'get').map((one) => ({
    path: new URL(one.getAttribute('action') ?? '', answer.url).pathname,
    names: [...one.elements].filter((field) => field.name).map((field) => field.name),
    texts: [...one.elements].filter((field) => field.matches('[name]:is(textarea, input:not([type]), [type=text], [type=search])'))
      .map((field) => field.name),
  }));
  return { status: answer.status, type, links, forms, at: answer.url };
}"""

# Not ours to look at here: a page for programs, a stream, files.
SKIPPED = re.compile(r"^/(assets/|docs$|openapi\.json|api/v1/events|metrics$)")
GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
REF = re.compile(r"REF-\d{8}-[A-Z0-9]{3,7}")


def shape(address, names=()):
    """An address without what differs from row to row: its path, and the names in its query."""
    parts = urlsplit(address)
    path = parts.path
    for name, value in names:
        path = path.replace(f"/{value}", f"/{{{name}}}")
    path = REF.sub("{ref}", GUID.sub("{guid}", path))
    keys = sorted({key for key, _ in parse_qsl(parts.query, keep_blank_values=True)} - {"said", "cursor"})
    # What a report looks like is decided by one word.
    formats = [f"{key}={value}" for key, value in parse_qsl(parts.query) if key == "format"]
    return path + ("?" + "&".join(formats or keys) if keys else "")


class Crawl:
    """What following links from the home page finds."""

    def __init__(self, page, names=(), each=1):
        self.page, self.names, self.each = page, list(names), each
        # An address or a few for each shape.
        self.addresses = {}
        # Fields of forms that look something up: path and names; and those of them that take any text.
        self.forms, self.texts = {}, {}
        # What is no page: reports as text, CSV.
        self.files = {}
        self.broken = []
        self._follow("/")

    def _follow(self, start):
        waiting, seen = [start, *DOORS[:2]], set()
        while waiting:
            address = waiting.pop(0)
            form = shape(address, self.names)
            if address in seen or len(self.addresses.get(form, self.files.get(form, ()))) >= self.each:
                continue
            seen.add(address)
            found = self.page.evaluate(LINKS, address)
            isPage = found["type"].startswith("text/html")
            (self.addresses if isPage else self.files).setdefault(form, []).append(address)
            if found["status"] >= 400 and address != "/setup":
                self.broken.append(f"{address} answers {found['status']}")
            for one in found["forms"]:
                self.forms.setdefault(one["path"], set()).update(one["names"])
                self.texts.setdefault(one["path"], set()).update(one["texts"])
            for link in found["links"]:
                parts = urlsplit(link)
                here = urlsplit(found["at"])
                if (parts.scheme, parts.netloc) != (here.scheme, here.netloc) or SKIPPED.match(parts.path):
                    continue
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))

    @property
    def pages(self):
        """One address for each shape."""
        return [addresses[0] for addresses in self.addresses.values()]

    def is_complete(self, needed=NEEDED):
        missing = [one for one in needed if one not in self.addresses]
        expect(not missing, "no link leads to", missing, "only to", sorted(self.addresses))
        expect(not self.broken, "links that lead nowhere:", self.broken)
