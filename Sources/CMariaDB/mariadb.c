#include "CMariaDB.h"

#include <dlfcn.h>
#include <mariadb/errmsg.h>
#include <mariadb/mysql.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUNCTIONS(each) \
  each(server_init) each(init) each(options) each(real_connect) each(close) each(thread_id) each(errno) each(error) \
  each(real_query) each(store_result) each(free_result) each(field_count) each(fetch_field_direct) each(num_fields) \
  each(stmt_init) each(stmt_prepare) each(stmt_close) each(stmt_param_count) each(stmt_bind_param) \
  each(stmt_execute) each(stmt_affected_rows) each(stmt_field_count) each(stmt_result_metadata) \
  each(stmt_bind_result) each(stmt_fetch) each(stmt_fetch_column) each(stmt_free_result) each(stmt_errno) \
  each(stmt_error) each(stmt_warning_count) each(get_ssl_cipher)

#define DECLARE(name) static __typeof__(&(mysql_##name)) p_##name;
FUNCTIONS(DECLARE)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool loaded = false;

static bool find_functions(void *library) {
#define FIND(name) \
  if (!(p_##name = dlsym(library, "mysql_" #name))) return false;
  FUNCTIONS(FIND)
  return true;
}

static const char *load_locked(const char *name) {
  // Kept open with its symbols local: its plugins for logins find it by themselves.
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL)
    return "libmariadb is missing, which speaks with MariaDB: install it with apt-get install libmariadb3";
  // A second name for what is loaded already: the functions stay as they are.
  if (loaded) return NULL;
  if (!find_functions(library) || p_server_init(0, NULL, NULL) != 0) {
    dlclose(library);
    return "libmariadb is damaged or too old: install it anew with apt-get install --reinstall libmariadb3";
  }
  loaded = true;
  return NULL;
}

const char *cmariadb_load(const char *name) {
  pthread_mutex_lock(&lock);
  const char *fault = load_locked(name);
  pthread_mutex_unlock(&lock);
  return fault;
}

static bool fail(struct cmariadb_fault *fault, unsigned code, const char *text) {
  fault->code = code;
  snprintf(fault->text, sizeof fault->text, "%s", text);
  return false;
}

static bool out_of_memory(struct cmariadb_fault *fault) {
  return fail(fault, CR_OUT_OF_MEMORY, "there is not enough memory");
}

// Connections

struct cmariadb {
  MYSQL *handle;
};

static bool fail_as(struct cmariadb_fault *fault, MYSQL *handle) {
  return fail(fault, p_errno(handle), p_error(handle));
}

static void set_options(MYSQL *handle, const struct cmariadb_options *options) {
  my_bool yes = 1;
  unsigned no = 0;
  p_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  p_options(handle, MYSQL_OPT_CONNECT_TIMEOUT, &options->connect_seconds);
  p_options(handle, MYSQL_OPT_READ_TIMEOUT, &options->read_seconds);
  p_options(handle, MYSQL_OPT_WRITE_TIMEOUT, &options->write_seconds);
  // A server that asks for one of our files gets none.
  p_options(handle, MYSQL_OPT_LOCAL_INFILE, &no);
  p_options(handle, MYSQL_REPORT_DATA_TRUNCATION, &yes);
  if (options->needs_tls) p_options(handle, MYSQL_OPT_SSL_ENFORCE, &yes);
  // From Connector/C 3.4 on, it checks the certificate unless it is told not to.
  my_bool checks = options->checks_server;
  p_options(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &checks);
  if (options->ca) p_options(handle, MYSQL_OPT_SSL_CA, options->ca);
  if (options->certificate) p_options(handle, MYSQL_OPT_SSL_CERT, options->certificate);
  if (options->key) p_options(handle, MYSQL_OPT_SSL_KEY, options->key);
}

struct cmariadb *cmariadb_open(const struct cmariadb_options *options, struct cmariadb_fault *fault) {
  struct cmariadb *connection = malloc(sizeof *connection);
  MYSQL *handle = connection ? p_init(NULL) : NULL;
  if (handle == NULL) {
    free(connection);
    out_of_memory(fault);
    return NULL;
  }
  set_options(handle, options);
  if (!p_real_connect(
          handle, options->host, options->user, options->password, options->database, options->port, NULL,
          CLIENT_FOUND_ROWS)) {
    fail_as(fault, handle);
    p_close(handle);
    free(connection);
    return NULL;
  }
  // The library insists on TLS only where it checks the certificate, whatever MYSQL_OPT_SSL_ENFORCE says.
  if (options->needs_tls && p_get_ssl_cipher(handle) == NULL) {
    fail(fault, CR_SSL_CONNECTION_ERROR, "the server speaks no TLS");
    p_close(handle);
    free(connection);
    return NULL;
  }
  connection->handle = handle;
  return connection;
}

void cmariadb_close(struct cmariadb *connection) {
  p_close(connection->handle);
  free(connection);
}

unsigned long cmariadb_id(struct cmariadb *connection) { return p_thread_id(connection->handle); }

bool cmariadb_in_transaction(struct cmariadb *connection) {
  return connection->handle->server_status & SERVER_STATUS_IN_TRANS;
}

bool cmariadb_run(struct cmariadb *connection, const char *sql, size_t length, struct cmariadb_fault *fault) {
  MYSQL *handle = connection->handle;
  if (p_real_query(handle, sql, length) != 0) return fail_as(fault, handle);
  MYSQL_RES *rows = p_store_result(handle);
  if (rows) p_free_result(rows);
  return rows || p_field_count(handle) == 0 ? true : fail_as(fault, handle);
}

// Statements

// Where one column of the row at hand is read to.
struct place {
  char *buffer;
  unsigned long size, length;
  int64_t integer;
  double real;
  my_bool is_null, is_cut;
  enum cmariadb_kind kind;
};

struct cmariadb_statement {
  MYSQL_STMT *handle;
  size_t parameters;
  MYSQL_BIND *arguments;
  size_t columns;
  MYSQL_RES *metadata;
  MYSQL_BIND *binds;
  struct place *places;
};

// An error between two rows, such as a deadlock, is the connection's and not the statement's (mariadb_stmt.c).
static bool fail_by(struct cmariadb_fault *fault, MYSQL_STMT *handle) {
  return p_stmt_errno(handle) ? fail(fault, p_stmt_errno(handle), p_stmt_error(handle))
                              : fail_as(fault, handle->mysql);
}

static void forget_columns(struct cmariadb_statement *statement) {
  for (size_t i = 0; i < statement->columns; i++) free(statement->places[i].buffer);
  free(statement->places);
  free(statement->binds);
  if (statement->metadata) p_free_result(statement->metadata);
  statement->columns = 0;
  statement->metadata = NULL;
  statement->places = NULL;
  statement->binds = NULL;
}

void cmariadb_finish(struct cmariadb_statement *statement) {
  forget_columns(statement);
  p_stmt_close(statement->handle);
  free(statement->arguments);
  free(statement);
}

struct cmariadb_statement *cmariadb_prepare(
    struct cmariadb *connection, const char *sql, size_t length, struct cmariadb_fault *fault) {
  struct cmariadb_statement *statement = calloc(1, sizeof *statement);
  if (statement) statement->handle = p_stmt_init(connection->handle);
  if (statement == NULL || statement->handle == NULL) {
    free(statement);
    out_of_memory(fault);
    return NULL;
  }
  if (p_stmt_prepare(statement->handle, sql, length) != 0) {
    fail_by(fault, statement->handle);
    cmariadb_finish(statement);
    return NULL;
  }
  statement->parameters = p_stmt_param_count(statement->handle);
  statement->arguments = calloc(statement->parameters + 1, sizeof *statement->arguments);
  if (statement->arguments == NULL) {
    out_of_memory(fault);
    cmariadb_finish(statement);
    return NULL;
  }
  return statement;
}

size_t cmariadb_parameters(struct cmariadb_statement *statement) { return statement->parameters; }

static void bind(MYSQL_BIND *bind, const struct cmariadb_value *value) {
  memset(bind, 0, sizeof *bind);
  switch (value->kind) {
    case CMARIADB_NULL:
      bind->buffer_type = MYSQL_TYPE_NULL;
      break;
    case CMARIADB_INTEGER:
      bind->buffer_type = MYSQL_TYPE_LONGLONG;
      bind->buffer = (void *)&value->integer;
      break;
    case CMARIADB_REAL:
      bind->buffer_type = MYSQL_TYPE_DOUBLE;
      bind->buffer = (void *)&value->real;
      break;
    case CMARIADB_TEXT:
      bind->buffer_type = MYSQL_TYPE_STRING;
      bind->buffer = (void *)value->text;
      bind->buffer_length = value->length;
      bind->length_value = value->length;
      bind->length = &bind->length_value;
      break;
  }
}

static enum cmariadb_kind kind(const MYSQL_FIELD *field) {
  switch (field->type) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_YEAR:
      return CMARIADB_INTEGER;
    case MYSQL_TYPE_FLOAT:
    case MYSQL_TYPE_DOUBLE:
      return CMARIADB_REAL;
    // What sum() of whole numbers answers, and avg().
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
      return field->decimals == 0 ? CMARIADB_INTEGER : CMARIADB_REAL;
    default:
      return CMARIADB_TEXT;
  }
}

static bool find_columns(struct cmariadb_statement *statement, size_t columns, struct cmariadb_fault *fault) {
  forget_columns(statement);
  statement->metadata = p_stmt_result_metadata(statement->handle);
  statement->binds = calloc(columns, sizeof *statement->binds);
  statement->places = calloc(columns, sizeof *statement->places);
  if (!statement->metadata || !statement->binds || !statement->places) return out_of_memory(fault);
  statement->columns = columns;
  for (size_t i = 0; i < columns; i++) {
    struct place *place = &statement->places[i];
    MYSQL_BIND *bind = &statement->binds[i];
    place->kind = kind(p_fetch_field_direct(statement->metadata, i));
    bind->is_null = &place->is_null;
    bind->length = &place->length;
    bind->error = &place->is_cut;
    switch (place->kind) {
      case CMARIADB_INTEGER:
        bind->buffer_type = MYSQL_TYPE_LONGLONG;
        bind->buffer = &place->integer;
        break;
      case CMARIADB_REAL:
        bind->buffer_type = MYSQL_TYPE_DOUBLE;
        bind->buffer = &place->real;
        break;
      default:
        place->size = 64;
        place->buffer = malloc(place->size);
        if (place->buffer == NULL) return out_of_memory(fault);
        bind->buffer_type = MYSQL_TYPE_STRING;
        bind->buffer = place->buffer;
        bind->buffer_length = place->size;
    }
  }
  return true;
}

// A table that was changed may answer with as many columns as before, under other names or of other types. The library
// keeps the first names (mthd_stmt_read_execute_response); those of this answer are the connection's.
static bool has_new_columns(struct cmariadb_statement *statement, struct cmariadb_fault *fault) {
  const MYSQL *connection = statement->handle->mysql;
  if (statement->columns == 0 || connection->field_count != statement->columns || !connection->fields) return false;
  for (size_t i = 0; i < statement->columns; i++) {
    const MYSQL_FIELD *field = &connection->fields[i];
    if (kind(field) == statement->places[i].kind &&
        strcmp(field->name, p_fetch_field_direct(statement->metadata, i)->name) == 0)
      continue;
    fail(fault, CMARIADB_NEW_COLUMNS, "a table was changed");
    return true;
  }
  return false;
}

bool cmariadb_execute(
    struct cmariadb_statement *statement, const struct cmariadb_value *values, struct cmariadb_fault *fault) {
  MYSQL_STMT *handle = statement->handle;
  for (size_t i = 0; i < statement->parameters; i++) bind(&statement->arguments[i], &values[i]);
  if (statement->parameters > 0 && p_stmt_bind_param(handle, statement->arguments) != 0)
    return fail_by(fault, handle);
  if (p_stmt_execute(handle) != 0) {
    fail_by(fault, handle);
    // Its answer, with other columns, still has to be read off the connection.
    if (fault->code == CMARIADB_NEW_COLUMNS) p_stmt_free_result(handle);
    return false;
  }
  size_t columns = p_stmt_field_count(handle);
  if ((columns != statement->columns && !find_columns(statement, columns, fault)) ||
      has_new_columns(statement, fault)) {
    p_stmt_free_result(handle);
    return false;
  }
  if (columns > 0 && p_stmt_bind_result(handle, statement->binds) != 0) return fail_by(fault, handle);
  return true;
}

long long cmariadb_matched(struct cmariadb_statement *statement) {
  return (long long)p_stmt_affected_rows(statement->handle);
}

unsigned cmariadb_warnings(struct cmariadb_statement *statement) { return p_stmt_warning_count(statement->handle); }

size_t cmariadb_columns(struct cmariadb_statement *statement) { return statement->columns; }

const char *cmariadb_column(struct cmariadb_statement *statement, size_t column) {
  return p_fetch_field_direct(statement->metadata, column)->name;
}

// Reads what did not fit, after the place has grown.
static bool read_long(struct cmariadb_statement *statement, struct cmariadb_fault *fault) {
  bool has_grown = false;
  for (size_t i = 0; i < statement->columns; i++) {
    struct place *place = &statement->places[i];
    if (place->kind != CMARIADB_TEXT || place->is_null || place->length <= place->size) continue;
    unsigned long size = place->length * 2;
    char *buffer = realloc(place->buffer, size);
    if (buffer == NULL) return out_of_memory(fault);
    MYSQL_BIND *bind = &statement->binds[i];
    bind->buffer = place->buffer = buffer;
    bind->buffer_length = place->size = size;
    has_grown = true;
    if (p_stmt_fetch_column(statement->handle, bind, i, 0) != 0) return fail_by(fault, statement->handle);
  }
  if (has_grown && p_stmt_bind_result(statement->handle, statement->binds) != 0)
    return fail_by(fault, statement->handle);
  return true;
}

int cmariadb_next(struct cmariadb_statement *statement, struct cmariadb_fault *fault) {
  switch (p_stmt_fetch(statement->handle)) {
    case 0:
      return 1;
    case MYSQL_NO_DATA:
      cmariadb_drop(statement);
      return 0;
    case MYSQL_DATA_TRUNCATED:
      if (read_long(statement, fault)) return 1;
      break;
    default:
      fail_by(fault, statement->handle);
  }
  cmariadb_drop(statement);
  return -1;
}

struct cmariadb_value cmariadb_value(struct cmariadb_statement *statement, size_t column) {
  const struct place *place = &statement->places[column];
  if (place->is_null) return (struct cmariadb_value){.kind = CMARIADB_NULL};
  return (struct cmariadb_value){place->kind, place->integer, place->real, place->buffer, place->length};
}

void cmariadb_drop(struct cmariadb_statement *statement) { p_stmt_free_result(statement->handle); }
