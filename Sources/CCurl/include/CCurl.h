#ifndef CCURL_H
#define CCURL_H

// libcurl's types and constants at build time; its functions only at run time, and only when a mail is sent. So the
// command line starts without loading it, and works where it is not installed.
// Source: https://curl.se/libcurl/c/ and the header curl/curl.h of Debian's libcurl4-openssl-dev.
#include <curl/curl.h>

/// Loads libcurl from `library` (`libcurl.so.4`), once. Safe from any thread. Returns NULL when it is loaded, else one
/// sentence that says what to install; then it may be tried again later.
const char *_Nullable ccurl_load(const char *_Nonnull library);

// Everything below needs a ccurl_load that returned NULL.

CURL *_Nullable ccurl_init(void);
void ccurl_cleanup(CURL *_Nonnull handle);

/// curl_easy_setopt is variadic, which Swift cannot call: one function for each kind of value.
CURLcode ccurl_set_string(CURL *_Nonnull handle, CURLoption option, const char *_Nonnull value);
CURLcode ccurl_set_long(CURL *_Nonnull handle, CURLoption option, long value);
CURLcode ccurl_set_pointer(CURL *_Nonnull handle, CURLoption option, void *_Nullable value);
/// Sets the function that brings the bytes to upload, and what it is called with.
CURLcode ccurl_set_reader(CURL *_Nonnull handle, curl_read_callback _Nonnull reader, void *_Nullable state);

CURLcode ccurl_perform(CURL *_Nonnull handle);
/// The server's last reply code, 0 when there was none.
long ccurl_response_code(CURL *_Nonnull handle);
const char *_Nonnull ccurl_error_text(CURLcode code);

/// Returns the list with a copy of `text` appended, or NULL when memory is short; the old list is still valid then.
struct curl_slist *_Nullable ccurl_list_append(struct curl_slist *_Nullable list, const char *_Nonnull text);
void ccurl_list_free(struct curl_slist *_Nullable list);

#endif
