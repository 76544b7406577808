"""A notification daemon for tests, on a D-Bus (https://specifications.freedesktop.org/notification-spec/). Takes one JSON
object of options as its argument, prints its unique name when it is there, and ends when its standard input does.

Options: address (of the bus), output (file that gets one JSON line for each Notify), capabilities, mode: normal, zero
(answers with id 0), error (answers with `error`), hang, hang_capabilities.
Each line on standard input emits a signal: the name, the id and the word or number, as in "ActionInvoked 1 acknowledge".
"""

import asyncio
import json
import sys

from dbus_next import DBusError, Variant
from dbus_next.aio import MessageBus
from dbus_next.service import ServiceInterface, method, signal

options = json.loads(sys.argv[1])
mode = options.get("mode", "normal")


def plain(value):
    return [value.signature, value.value] if isinstance(value, Variant) else value


class Notifications(ServiceInterface):
    count = options.get("first_id", 1) - 1

    def __init__(self):
        super().__init__("org.freedesktop.Notifications")

    @method()
    async def GetCapabilities(self) -> "as":
        if mode == "hang_capabilities":
            await asyncio.sleep(3600)
        return options.get("capabilities", ["body", "actions", "body-markup"])

    @method()
    async def Notify(
        self, app: "s", replaces: "u", icon: "s", summary: "s", body: "s", actions: "as", hints: "a{sv}", expires: "i"
    ) -> "u":
        if mode == "hang":
            await asyncio.sleep(3600)
        if mode == "error":
            raise DBusError(options["error"], "hunter2")
        if mode == "zero":
            return 0
        if not replaces:
            self.count += 1
        number = replaces or self.count
        what = {"app": app, "replaces": replaces, "icon": icon, "summary": summary, "body": body, "actions": actions}
        what |= {"hints": {key: plain(value) for key, value in hints.items()}, "expires": expires, "id": number}
        with open(options["output"], "a", encoding="utf-8") as output:
            output.write(json.dumps(what) + "\n")
        return number

    @signal()
    def ActionInvoked(self, number, action) -> "us":
        return [number, action]

    @signal()
    def NotificationClosed(self, number, reason) -> "uu":
        return [number, reason]


async def main():
    bus = await MessageBus(bus_address=options["address"]).connect()
    notifications = Notifications()
    bus.export("/org/freedesktop/Notifications", notifications)
    await bus.request_name("org.freedesktop.Notifications")
    print(bus.unique_name, flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        name, number, what = line.split()
        if name == "ActionInvoked":
            notifications.ActionInvoked(int(number), what)
        else:
            notifications.NotificationClosed(int(number), int(what))


asyncio.run(main())
