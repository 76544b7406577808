#include "CDBus.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FUNCTIONS(each) \
  each(new) each(set_address) each(set_bus_client) each(set_anonymous) each(start) each(is_ready) each(process) \
  each(get_fd) each(get_events) each(get_bus_id) each(set_method_call_timeout) each(close_unref) each(call) \
  each(add_match) each(error_free) each(message_new_method_call) each(message_append) each(message_read) \
  each(message_enter_container) each(message_exit_container) each(message_get_sender) each(message_unref) \
  each(slot_set_destroy_callback) each(slot_set_floating) each(slot_unref)

#define DECLARE(name) static __typeof__(&(sd_bus_##name)) p_##name;
FUNCTIONS(DECLARE)
static __typeof__(&(sd_id128_to_string)) p_id128_to_string;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool loaded = false;

static bool find_functions(void *library) {
#define FIND(name) \
  if (!(p_##name = dlsym(library, "sd_bus_" #name))) return false;
  FUNCTIONS(FIND)
  return (p_id128_to_string = dlsym(library, "sd_id128_to_string")) != NULL;
}

static const char *load_locked(const char *name) {
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return "libsystemd is missing, which speaks D-Bus: install the Debian package libsystemd0";
  // A second name for what is loaded already: the functions stay as they are.
  if (loaded) return NULL;
  if (!find_functions(library)) {
    dlclose(library);
    return "libsystemd is damaged or too old: install the Debian package libsystemd0";
  }
  loaded = true;
  return NULL;
}

const char *cdbus_load(const char *name) {
  pthread_mutex_lock(&lock);
  const char *fault = load_locked(name);
  pthread_mutex_unlock(&lock);
  return fault;
}

int cdbus_open(const char *address, sd_bus **bus) {
  int code = p_new(bus);
  if (code < 0) return code;
  code = p_set_address(*bus, address);
  if (code >= 0) code = p_set_bus_client(*bus, 1);
  // Over TCP no bus can tell who we are.
  if (code >= 0 && strncmp(address, "tcp:", 4) == 0) code = p_set_anonymous(*bus, 1);
  if (code >= 0) code = p_start(*bus);
  if (code >= 0) return code;
  p_close_unref(*bus);
  *bus = NULL;
  return code;
}

void cdbus_close(sd_bus *bus) { p_close_unref(bus); }

int cdbus_ready(sd_bus *bus) { return p_is_ready(bus); }

int cdbus_process(sd_bus *bus) { return p_process(bus, NULL); }

int cdbus_descriptor(sd_bus *bus) { return p_get_fd(bus); }

int cdbus_events(sd_bus *bus) { return p_get_events(bus); }

int cdbus_bus_id(sd_bus *bus, char text[33]) {
  sd_id128_t id;
  int code = p_get_bus_id(bus, &id);
  if (code >= 0) p_id128_to_string(id, text);
  return code;
}

static void keep(char *place, const char *text) {
  place[0] = 0;
  if (text != NULL) strncat(place, text, CDBUS_NAME - 1);
}

static int begin(sd_bus *bus, sd_bus_message **message, const char *member) {
  return p_message_new_method_call(
      bus, message, "org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications",
      member);
}

static int call(sd_bus *bus, uint64_t usec, sd_bus_message *message, sd_bus_message **reply, struct cdbus_answer *answer) {
  sd_bus_error error = SD_BUS_ERROR_NULL;
  int code = p_call(bus, message, usec, &error, reply);
  keep(answer->error, error.name);
  keep(answer->daemon, code < 0 ? NULL : p_message_get_sender(*reply));
  p_error_free(&error);
  return code;
}

int cdbus_capabilities(
    sd_bus *bus, uint64_t usec, void (*found)(void *, const char *), void *state, struct cdbus_answer *answer) {
  sd_bus_message *message = NULL, *reply = NULL;
  int code = begin(bus, &message, "GetCapabilities");
  if (code >= 0) code = call(bus, usec, message, &reply, answer);
  if (code >= 0) code = p_message_enter_container(reply, 'a', "s");
  const char *capability;
  while (code > 0 && (code = p_message_read(reply, "s", &capability)) > 0) found(state, capability);
  p_message_unref(reply);
  p_message_unref(message);
  return code;
}

static int append(sd_bus_message *message, const struct cdbus_notification *it) {
  int code = p_message_append(message, "susss", "Tocsin", it->replaces, "dialog-warning", it->summary, it->body);
  if (code >= 0)
    code = it->action ? p_message_append(message, "as", 2, it->action, it->action_label)
                      : p_message_append(message, "as", 0);
  if (code >= 0)
    code = p_message_append(
        message, "a{sv}i", 3, "urgency", "y", it->urgency, "category", "s", it->category, "desktop-entry", "s", "tocsin",
        it->expires);
  return code;
}

int cdbus_notify(
    sd_bus *bus, uint64_t usec, const struct cdbus_notification *notification, struct cdbus_answer *answer) {
  sd_bus_message *message = NULL, *reply = NULL;
  int code = begin(bus, &message, "Notify");
  if (code >= 0) code = append(message, notification);
  if (code >= 0) code = call(bus, usec, message, &reply, answer);
  if (code >= 0) code = p_message_read(reply, "u", &answer->id);
  p_message_unref(reply);
  p_message_unref(message);
  return code;
}

struct watcher {
  void (*invoked)(void *, const char *, uint32_t, const char *);
  void *state;
};

static int on_signal(sd_bus_message *message, void *data, sd_bus_error *error) {
  struct watcher *watcher = data;
  uint32_t id;
  const char *action;
  const char *sender = p_message_get_sender(message);
  if (sender != NULL && p_message_read(message, "us", &id, &action) > 0)
    watcher->invoked(watcher->state, sender, id, action);
  return 0;
}

static void forget(void *data) { free(data); }

int cdbus_watch(
    sd_bus *bus, uint64_t usec, void (*invoked)(void *, const char *, uint32_t, const char *), void *state) {
  struct watcher *watcher = malloc(sizeof *watcher);
  if (watcher == NULL) return -ENOMEM;
  *watcher = (struct watcher){invoked, state};
  int code = p_set_method_call_timeout(bus, usec);
  sd_bus_slot *slot = NULL;
  if (code >= 0)
    code = p_add_match(
        bus, &slot,
        "type='signal',path='/org/freedesktop/Notifications',interface='org.freedesktop.Notifications',"
        "member='ActionInvoked'",
        on_signal, watcher);
  if (code < 0) {
    free(watcher);
    return code;
  }
  // The slot belongs to the bus from now on, and the watcher to the slot.
  p_slot_set_destroy_callback(slot, forget);
  p_slot_set_floating(slot, 1);
  p_slot_unref(slot);
  return code;
}
