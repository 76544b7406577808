"""Runs the code blocks of a seed in order, as one script, and prints what each printed.

Takes a JSON list of {"line", "kind", "code"} on standard input. Python blocks run in one interpreter and share their
names. Shell commands run in bash, with `<incident-guid>` replaced by what the script has in `incident_guid`. Prints the
list with "output" and "status" added, and "error" for one that failed; nothing runs after a Python block that failed.
"""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import traceback
from typing import Any

names: dict[str, Any] = {"__name__": "__main__"}


def run(block: dict[str, Any]) -> dict[str, Any]:
    if block["kind"] == "shell":
        command = block["code"].replace("<incident-guid>", names.get("incident_guid", "<incident-guid>"))
        ran = subprocess.run(["bash", "-c", command], capture_output=True, encoding="utf-8", timeout=60, check=False)
        return {**block, "output": ran.stdout, "status": ran.returncode, "error": ran.stderr}
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(block["code"], f"line {block['line']}", "exec"), names)
    except Exception:
        return {**block, "output": printed.getvalue(), "status": 1, "error": traceback.format_exc()}
    return {**block, "output": printed.getvalue(), "status": 0, "error": ""}


done: list[dict[str, Any]] = []
for block in json.load(sys.stdin):
    done.append(run(block))
    if block["kind"] == "python" and done[-1]["status"] != 0:
        break
json.dump(done, sys.stdout)
