#ifndef CDBUS_H
#define CDBUS_H

// Desktop notifications by sd-bus, the D-Bus client in libsystemd. Its functions are looked up at run time, and only when
// DBUS is configured and used. So the command line starts without loading it, and works where it is not installed.
// Sources: https://www.freedesktop.org/software/systemd/man/latest/sd-bus.html, systemd/sd-bus.h of Debian's
// libsystemd-dev, and https://specifications.freedesktop.org/notification-spec/ for the calls.
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

/// Loads libsystemd from `library` (`libsystemd.so.0`), once. Safe from any thread. Returns NULL when it is loaded, else
/// one sentence that says what to install; then it may be tried again later.
const char *_Nullable cdbus_load(const char *_Nonnull library);

// Everything below needs a cdbus_load that returned NULL. A bus is used from one thread only. Results below zero are
// errno, negated.

/// Begins to connect; `cdbus_ready` tells when it is done.
int cdbus_open(const char *_Nonnull address, sd_bus *_Nullable *_Nonnull bus);
void cdbus_close(sd_bus *_Nonnull bus);
/// 1 when connected and known by name, 0 when not yet.
int cdbus_ready(sd_bus *_Nonnull bus);
/// Reads, writes and hands out one message; 1 when there may be more to do.
int cdbus_process(sd_bus *_Nonnull bus);
int cdbus_descriptor(sd_bus *_Nonnull bus);
/// What poll(2) shall wait for.
int cdbus_events(sd_bus *_Nonnull bus);
/// Writes the id of the bus, 32 hex digits, which changes with every start of the bus.
int cdbus_bus_id(sd_bus *_Nonnull bus, char text[_Nonnull 33]);

#define CDBUS_NAME 256

/// What a call brought back.
struct cdbus_answer {
  /// The unique name of the daemon that answered.
  char daemon[CDBUS_NAME];
  /// The D-Bus name of the error, when the call failed; may be empty.
  char error[CDBUS_NAME];
  /// Of Notify.
  uint32_t id;
};

/// Calls GetCapabilities, and `found` for each. Blocks for at most `usec` microseconds.
int cdbus_capabilities(
    sd_bus *_Nonnull bus, uint64_t usec, void (*_Nonnull found)(void *_Nonnull state, const char *_Nonnull capability),
    void *_Nonnull state, struct cdbus_answer *_Nonnull answer);

struct cdbus_notification {
  uint32_t replaces;
  const char *_Nonnull summary;
  const char *_Nonnull body;
  /// One action, or NULL for none.
  const char *_Nullable action;
  const char *_Nullable action_label;
  uint8_t urgency;
  const char *_Nonnull category;
  /// Milliseconds, 0 for never, -1 for as the daemon likes.
  int32_t expires;
};

/// Calls Notify. Blocks for at most `usec` microseconds.
int cdbus_notify(
    sd_bus *_Nonnull bus, uint64_t usec, const struct cdbus_notification *_Nonnull notification,
    struct cdbus_answer *_Nonnull answer);

/// Asks for the signal ActionInvoked: `invoked` gets the daemon's unique name, the notification's id and the action, from
/// within cdbus_process. Blocks for at most `usec` microseconds.
int cdbus_watch(
    sd_bus *_Nonnull bus, uint64_t usec,
    void (*_Nonnull invoked)(
        void *_Nonnull state, const char *_Nonnull daemon, uint32_t id, const char *_Nonnull action),
    void *_Nonnull state);

#endif
