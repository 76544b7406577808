#ifndef CMOSQUITTO_H
#define CMOSQUITTO_H

// libmosquitto's types and constants at build time; its functions only at run time, and only when MQTT is configured and
// used. So the command line starts without loading it, and works where it is not installed.
// Source: https://mosquitto.org/api/files/mosquitto-h.html and the header mosquitto.h of Debian's libmosquitto-dev.
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <stdbool.h>
#include <stdint.h>

/// Loads libmosquitto from `library` (`libmosquitto.so.1`), once. Safe from any thread. Returns NULL when it is loaded,
/// else one sentence that says what to install; then it may be tried again later.
const char *_Nullable cmosquitto_load(const char *_Nonnull library);

// Everything below needs a cmosquitto_load that returned NULL. A handle is used from one thread only, which drives it by
// poll(2) on its socket: connect_async, then loop_read, loop_write and loop_misc.

/// What a handle reports, always during a call to one of its functions and on the caller's thread.
struct cmosquitto_callbacks {
  /// CONNACK: 0, or why the broker refuses (MQTT 5, section 3.2.2.2; MQTT 3.1.1, section 3.2.2.3).
  void (*_Nonnull connected)(void *_Nonnull state, int reason);
  /// The broker left with this reason (MQTT 5, section 3.14.2.1), or the connection broke (an error of the library).
  void (*_Nonnull disconnected)(void *_Nonnull state, int reason);
  /// PUBACK, PUBCOMP or a refusing PUBREC: the reason, 0 with MQTT 3.1.1.
  void (*_Nonnull published)(void *_Nonnull state, int message, int reason);
  void (*_Nonnull received)(void *_Nonnull state, const void *_Nullable payload, int length);
  void (*_Nonnull logged)(void *_Nonnull state, const char *_Nonnull text);
};

/// A handle, or NULL when memory is short. `state` goes to the callbacks.
struct mosquitto *_Nullable cmosquitto_new(
    const char *_Nonnull id, struct cmosquitto_callbacks callbacks, void *_Nonnull state);
void cmosquitto_destroy(struct mosquitto *_Nonnull handle);

int cmosquitto_set_version(struct mosquitto *_Nonnull handle, int version);
int cmosquitto_set_login(
    struct mosquitto *_Nonnull handle, const char *_Nonnull username, const char *_Nullable password);
/// TLS 1.2 or newer, the server's certificate and name checked, against `file` or else the folder `path`.
int cmosquitto_set_tls(struct mosquitto *_Nonnull handle, const char *_Nullable file, const char *_Nullable path);
/// A retained last will.
int cmosquitto_set_will(struct mosquitto *_Nonnull handle, const char *_Nonnull topic, const char *_Nonnull text);

int cmosquitto_connect(struct mosquitto *_Nonnull handle, const char *_Nonnull host, int port, int keep_alive);
int cmosquitto_disconnect(struct mosquitto *_Nonnull handle);
int cmosquitto_socket(struct mosquitto *_Nonnull handle);
bool cmosquitto_wants_write(struct mosquitto *_Nonnull handle);
int cmosquitto_read(struct mosquitto *_Nonnull handle);
int cmosquitto_write(struct mosquitto *_Nonnull handle);
int cmosquitto_look_after(struct mosquitto *_Nonnull handle);

/// What MQTT 5 says beside a message; only with that version.
struct cmosquitto_properties {
  const char *_Nonnull content_type;
  /// Seconds; 0 for no end.
  uint32_t expiry;
  /// The user property `communication_guid`; empty for none.
  const char *_Nonnull communication_guid;
};

/// Queues a message and sets `id` to what `published` will tell of.
int cmosquitto_publish(
    struct mosquitto *_Nonnull handle, int *_Nonnull id, const char *_Nonnull topic, const void *_Nonnull payload,
    int length, int qos, bool retain, const struct cmosquitto_properties *_Nullable properties);
int cmosquitto_subscribe(struct mosquitto *_Nonnull handle, const char *_Nonnull topic);
const char *_Nonnull cmosquitto_error_text(int code);

#endif
