#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

// The parentheses keep the header's checking macros out of the way.
static __typeof__(&(curl_global_init)) global_init;
static __typeof__(&(curl_easy_init)) easy_init;
static __typeof__(&(curl_easy_cleanup)) easy_cleanup;
static __typeof__(&(curl_easy_setopt)) easy_setopt;
static __typeof__(&(curl_easy_perform)) easy_perform;
static __typeof__(&(curl_easy_getinfo)) easy_getinfo;
static __typeof__(&(curl_easy_strerror)) easy_strerror;
static __typeof__(&(curl_slist_append)) slist_append;
static __typeof__(&(curl_slist_free_all)) slist_free_all;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool loaded = false;

static bool find_functions(void *library) {
  return (global_init = dlsym(library, "curl_global_init")) && (easy_init = dlsym(library, "curl_easy_init")) &&
         (easy_cleanup = dlsym(library, "curl_easy_cleanup")) && (easy_setopt = dlsym(library, "curl_easy_setopt")) &&
         (easy_perform = dlsym(library, "curl_easy_perform")) && (easy_getinfo = dlsym(library, "curl_easy_getinfo")) &&
         (easy_strerror = dlsym(library, "curl_easy_strerror")) &&
         (slist_append = dlsym(library, "curl_slist_append")) &&
         (slist_free_all = dlsym(library, "curl_slist_free_all"));
}

static const char *load_locked(const char *name) {
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return "libcurl is missing, which sends mail: install the Debian package libcurl4";
  // A second name for what is loaded already: the functions stay as they are.
  if (loaded) return NULL;
  if (!find_functions(library) || global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    dlclose(library);
    return "libcurl is damaged or too old: install the Debian package libcurl4";
  }
  loaded = true;
  return NULL;
}

const char *ccurl_load(const char *name) {
  pthread_mutex_lock(&lock);
  const char *fault = load_locked(name);
  pthread_mutex_unlock(&lock);
  return fault;
}

CURL *ccurl_init(void) { return easy_init(); }

void ccurl_cleanup(CURL *handle) { easy_cleanup(handle); }

CURLcode ccurl_set_string(CURL *handle, CURLoption option, const char *value) {
  return easy_setopt(handle, option, value);
}

CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value) { return easy_setopt(handle, option, value); }

CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value) { return easy_setopt(handle, option, value); }

CURLcode ccurl_set_reader(CURL *handle, curl_read_callback reader, void *state) {
  CURLcode code = easy_setopt(handle, CURLOPT_READFUNCTION, reader);
  return code == CURLE_OK ? easy_setopt(handle, CURLOPT_READDATA, state) : code;
}

CURLcode ccurl_perform(CURL *handle) { return easy_perform(handle); }

long ccurl_response_code(CURL *handle) {
  long code = 0;
  return easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code) == CURLE_OK ? code : 0;
}

const char *ccurl_error_text(CURLcode code) { return easy_strerror(code); }

struct curl_slist *ccurl_list_append(struct curl_slist *list, const char *text) { return slist_append(list, text); }

void ccurl_list_free(struct curl_slist *list) { slist_free_all(list); }
