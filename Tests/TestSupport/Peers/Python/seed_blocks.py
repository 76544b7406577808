"""Finds the code in a seed: a text whose code blocks have lost their fences and their indentation.

Prints a JSON list of {"line", "kind", "code"}, in the order of the text. The rules know nothing of what a block means:

1. Code begins in the middle of a line where `from factory.core import`, `CREATE TABLE` or a comment (`# ` and a
   capital) follows a letter or a bracket without a space: a fence stood there. What is before it is prose.
2. A line begins a Python statement when it begins with `from … import`, with names and ` = `, with a method's name and
   `(`, with `print(`, or is `if …:` or `for …:`.
3. A statement goes on over the next lines until Python's own parser takes it.
4. The body of `if …:` or `for …:` are the statements after it, up to the next comment or prose. Each gets four spaces
   before its first line; its other lines are within brackets or quotes, where indentation means nothing.
5. A comment belongs to the code after it. A block is what stands together: statements and comments without prose
   between.
6. A line that begins with `python factory.core/` or `pytest ` is a shell command, with the lines after it while one
   ends in a backslash. One that begins with `INSERT INTO` or `CREATE TABLE` is SQL, up to the line that ends in `;`.
7. All else is prose. If a line of prose looks like a call or a command, the text is not understood: that is an error.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Callable

FENCE = re.compile(r"(?<=[\w)])(?=from factory\.core import |CREATE TABLE |# [A-Z])")
STATEMENT = re.compile(r"from \S+ import |\w+(, \w+)* = |[a-z_]+\.[a-z_]+\(|print\(|(if|for) .*:$")
COMMAND = re.compile(r"python factory\.core/|pytest ")
SQL = re.compile(r"INSERT INTO |CREATE TABLE ")
SUSPICIOUS = re.compile(r"incident(_mgr)?\.\w+\(|print\(|^python |\bfactory\.core import|^\S+ = |[({\[]$")


class Lines:
    def __init__(self, text: str) -> None:
        # Rule 1.
        split = [(number, FENCE.split(line, maxsplit=1)) for number, line in enumerate(text.splitlines(), 1)]
        self.lines = [(number, part) for number, parts in split for part in parts]
        self.next = 0

    @property
    def number(self) -> int:
        return self.lines[self.next][0]

    def peek(self) -> str | None:
        return self.lines[self.next][1] if self.next < len(self.lines) else None

    def take(self) -> str:
        self.next += 1
        return self.lines[self.next - 1][1]

    def take_until(self, is_last: Callable[[str], bool]) -> str:
        taken = self.take()
        while not is_last(taken):
            if self.peek() is None or taken.count("\n") > 50:
                raise SystemExit(f"this has no end: {taken}")
            taken += "\n" + self.take()
        return taken


def statement(lines: Lines) -> str:
    """Rule 3, and 4 for what has a body."""
    if re.match(r"(if|for) ", lines.peek() or ""):
        parts = [lines.take()]
        while (line := lines.peek()) is not None and STATEMENT.match(line):
            parts.append("    " + statement(lines))
        return "\n".join(parts)
    return lines.take_until(is_whole)


def is_whole(code: str) -> bool:
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True


def blocks(text: str) -> list[dict[str, object]]:
    lines = Lines(text)
    found: list[dict[str, object]] = []
    comments: list[tuple[int, str]] = []
    is_open = False
    while (line := lines.peek()) is not None:
        number = lines.number
        if line.startswith("# "):
            comments.append((number, lines.take()))
            continue
        if STATEMENT.match(line):
            code = "\n".join([*(comment for _, comment in comments), statement(lines)])
            if is_open:
                found[-1]["code"] = f"{found[-1]['code']}\n{code}"
            else:
                found.append({"line": comments[0][0] if comments else number, "kind": "python", "code": code})
        elif COMMAND.match(line):
            code = lines.take_until(lambda taken: not taken.endswith("\\"))
            found.append({"line": number, "kind": "shell", "code": code})
        elif SQL.match(line):
            code = lines.take_until(lambda taken: taken.endswith(";"))
            found.append({"line": number, "kind": "sql", "code": code})
        elif SUSPICIOUS.search(line):
            raise SystemExit(f"line {number} is neither code nor prose: {line}")
        else:
            lines.take()
        is_open = STATEMENT.match(line) is not None
        comments = []
    return found


print(json.dumps(blocks(sys.stdin.read())))
