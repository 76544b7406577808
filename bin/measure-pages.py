"""Fills a server with incidents and prints, for every page that links lead to, its size and how long the server took for it,
by the server's own log. Called by bin/measure-pages."""

import gzip
import json
import statistics
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "Tests/BrowserTests/Python"))
from browser import browser  # noqa: E402
from crawl import Crawl  # noqa: E402
from stage import NAME, PASSWORD, Stage  # noqa: E402
from story import tell  # noqa: E402

TIMES = 40
SEVERITIES = ["CRITICAL", "HIGH", "MEDIUM", "LOW"]


def fill(stage, count):
    """Incidents with a little of everything; one in five is open still."""

    def one(number):
        package = f"SYSTEM-{number % 40}"
        guid = stage.incident(f"Incident {number} of {package}", SEVERITIES[number % 4], package, assigned_to=NAME)
        stage.post(f"/incidents/{guid}/notes", note_type="INVESTIGATION", content=f"Looked at host {number % 300}.")
        stage.post(f"/incidents/{guid}/alerts", alert_guid=f"alert-{number}")
        if number % 5:
            stage.api("POST", f"/api/v1/incidents/{guid}/closure", {"resolution_summary": "Restarted."})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(count)))


def session(stage):
    """The cookie of somebody who is signed in."""
    body = json.dumps({"name": NAME, "password": PASSWORD}).encode()
    request = urllib.request.Request(f"{stage.address}/api/v1/session", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return answer.headers["Set-Cookie"].split(";")[0]


def measured(stage, log, cookie, path):
    """Bytes, bytes as they are sent, and the milliseconds of each time."""
    begin = log.stat().st_size
    # As a browser asks.
    headers = {"Cookie": cookie, "Accept-Encoding": "gzip", "Sec-Fetch-Site": "same-origin"}
    for _ in range(TIMES):
        with urllib.request.urlopen(urllib.request.Request(stage.address + path, headers=headers)) as answer:
            sent = answer.read()
            body = gzip.decompress(sent) if answer.headers["Content-Encoding"] == "gzip" else sent
    with log.open(encoding="utf-8") as lines:
        lines.seek(begin)
        entries = [json.loads(line) for line in lines]
    times = sorted(entry["ms"] for entry in entries if entry.get("path") == path.split("?")[0])
    return len(body), len(sent), times


def main(options, count):
    stage, log = Stage(options), Path(options["log"])
    tell(stage)
    fill(stage, count)
    with browser(stage) as seen:
        # The set-up page refuses, since somebody is there.
        seen.expected = ["status of 409"]
        crawl = Crawl(seen.page("/help"))
    cookie = session(stage)
    print("| page | KB | KB sent | median ms | p95 ms |\n|---|---|---|---|---|")
    worst = 0
    for shape, (path, *_) in sorted(crawl.addresses.items()):
        if shape.startswith("/setup"):
            continue
        size, small, times = measured(stage, log, cookie, path)
        slow = times[int(len(times) * 0.95) - 1] if times else 0
        worst = max(worst, slow)
        middle = statistics.median(times) if times else 0
        print(f"| `{shape}` | {size / 1024:.0f} | {small / 1024:.0f} | {middle:.1f} | {slow:.1f} |")
    print(f"\n{count} incidents, each page {TIMES} times; the slowest p95 is {worst:.1f} ms")


main(json.loads(sys.argv[1]), int(sys.argv[2]))
