#include "CMosquitto.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define FUNCTIONS(each) \
  each(lib_init) each(new) each(destroy) each(int_option) each(username_pw_set) each(tls_set) each(tls_opts_set) \
  each(will_set) each(connect_async) each(disconnect) each(socket) each(want_write) each(loop_read) \
  each(loop_write) each(loop_misc) each(publish_v5) each(subscribe) each(strerror) each(connect_v5_callback_set) \
  each(disconnect_v5_callback_set) each(publish_v5_callback_set) each(message_callback_set) \
  each(log_callback_set) each(property_add_string) each(property_add_string_pair) each(property_add_int32) \
  each(property_free_all) each(userdata)

#define DECLARE(name) static __typeof__(&(mosquitto_##name)) p_##name;
FUNCTIONS(DECLARE)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool loaded = false;

static bool find_functions(void *library) {
#define FIND(name) \
  if (!(p_##name = dlsym(library, "mosquitto_" #name))) return false;
  FUNCTIONS(FIND)
  return true;
}

static const char *load_locked(const char *name) {
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return "libmosquitto is missing, which speaks MQTT: install the Debian package libmosquitto1";
  // A second name for what is loaded already: the functions stay as they are.
  if (loaded) return NULL;
  if (!find_functions(library) || p_lib_init() != MOSQ_ERR_SUCCESS) {
    dlclose(library);
    return "libmosquitto is damaged or too old: install the Debian package libmosquitto1";
  }
  loaded = true;
  return NULL;
}

const char *cmosquitto_load(const char *name) {
  pthread_mutex_lock(&lock);
  const char *fault = load_locked(name);
  pthread_mutex_unlock(&lock);
  return fault;
}

// The library's own user data is this.
struct listener {
  struct cmosquitto_callbacks callbacks;
  void *state;
};

static void on_connect(struct mosquitto *handle, void *data, int reason, int flags, const mosquitto_property *p) {
  struct listener *listener = data;
  listener->callbacks.connected(listener->state, reason);
}

static void on_disconnect(struct mosquitto *handle, void *data, int reason, const mosquitto_property *properties) {
  struct listener *listener = data;
  listener->callbacks.disconnected(listener->state, reason);
}

static void on_publish(struct mosquitto *handle, void *data, int id, int reason, const mosquitto_property *p) {
  struct listener *listener = data;
  listener->callbacks.published(listener->state, id, reason);
}

static void on_message(struct mosquitto *handle, void *data, const struct mosquitto_message *message) {
  struct listener *listener = data;
  listener->callbacks.received(listener->state, message->payload, message->payloadlen);
}

static void on_log(struct mosquitto *handle, void *data, int level, const char *text) {
  struct listener *listener = data;
  if (level == MOSQ_LOG_ERR) listener->callbacks.logged(listener->state, text);
}

struct mosquitto *cmosquitto_new(const char *id, struct cmosquitto_callbacks callbacks, void *state) {
  struct listener *listener = malloc(sizeof *listener);
  if (listener == NULL) return NULL;
  *listener = (struct listener){callbacks, state};
  struct mosquitto *handle = p_new(id, true, listener);
  if (handle == NULL) {
    free(listener);
    return NULL;
  }
  p_connect_v5_callback_set(handle, on_connect);
  p_disconnect_v5_callback_set(handle, on_disconnect);
  p_publish_v5_callback_set(handle, on_publish);
  p_message_callback_set(handle, on_message);
  p_log_callback_set(handle, on_log);
  return handle;
}

void cmosquitto_destroy(struct mosquitto *handle) {
  void *listener = p_userdata(handle);
  p_destroy(handle);
  free(listener);
}

int cmosquitto_set_version(struct mosquitto *handle, int version) {
  return p_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, version);
}

int cmosquitto_set_login(struct mosquitto *handle, const char *username, const char *password) {
  return p_username_pw_set(handle, username, password);
}

int cmosquitto_set_tls(struct mosquitto *handle, const char *file, const char *path) {
  int code = p_tls_set(handle, file, path, NULL, NULL, NULL);
  // 1 is SSL_VERIFY_PEER. "tlsv1.2" is the oldest that is allowed, not the only one (lib/net_mosq.c, net__init_ssl_ctx).
  return code == MOSQ_ERR_SUCCESS ? p_tls_opts_set(handle, 1, "tlsv1.2", NULL) : code;
}

int cmosquitto_set_will(struct mosquitto *handle, const char *topic, const char *text) {
  return p_will_set(handle, topic, (int)strlen(text), text, 1, true);
}

int cmosquitto_connect(struct mosquitto *handle, const char *host, int port, int keep_alive) {
  return p_connect_async(handle, host, port, keep_alive);
}

int cmosquitto_disconnect(struct mosquitto *handle) { return p_disconnect(handle); }

int cmosquitto_socket(struct mosquitto *handle) { return p_socket(handle); }

bool cmosquitto_wants_write(struct mosquitto *handle) { return p_want_write(handle); }

int cmosquitto_read(struct mosquitto *handle) { return p_loop_read(handle, 1); }

int cmosquitto_write(struct mosquitto *handle) { return p_loop_write(handle, 1); }

int cmosquitto_look_after(struct mosquitto *handle) { return p_loop_misc(handle); }

static int add(mosquitto_property **list, const struct cmosquitto_properties *properties) {
  int code = p_property_add_string(list, MQTT_PROP_CONTENT_TYPE, properties->content_type);
  if (code == MOSQ_ERR_SUCCESS && properties->expiry > 0)
    code = p_property_add_int32(list, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, properties->expiry);
  if (code == MOSQ_ERR_SUCCESS && properties->communication_guid[0] != 0)
    code = p_property_add_string_pair(
        list, MQTT_PROP_USER_PROPERTY, "communication_guid", properties->communication_guid);
  return code;
}

int cmosquitto_publish(
    struct mosquitto *handle, int *id, const char *topic, const void *payload, int length, int qos, bool retain,
    const struct cmosquitto_properties *properties) {
  mosquitto_property *list = NULL;
  int code = properties ? add(&list, properties) : MOSQ_ERR_SUCCESS;
  if (code == MOSQ_ERR_SUCCESS) code = p_publish_v5(handle, id, topic, length, payload, qos, retain, list);
  p_property_free_all(&list);
  return code;
}

int cmosquitto_subscribe(struct mosquitto *handle, const char *topic) { return p_subscribe(handle, NULL, topic, 1); }

const char *cmosquitto_error_text(int code) { return p_strerror(code); }
