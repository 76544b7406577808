#ifndef CMARIADB_H
#define CMARIADB_H

// libmariadb's types and constants at build time; its functions only at run time, and only when a database on MariaDB is
// opened. So the command line starts without loading it, and works on SQLite where it is not installed.
// Source: https://mariadb.com/kb/en/mariadb-connectorc-api-functions/ and the header mysql.h of Debian's libmariadb-dev.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Loads libmariadb from `library` (`libmariadb.so.3`), once. Safe from any thread. Returns NULL when it is loaded, else
/// one sentence that says what to install; then it may be tried again later.
const char *_Nullable cmariadb_load(const char *_Nonnull library);

// Everything below needs a cmariadb_load that returned NULL. A connection and its statements are used by one thread at a
// time, and every call blocks.

struct cmariadb;
struct cmariadb_statement;

/// Why a call failed: the server's error (below 2000, or 4000 and more) or the library's own (2000 to 2999).
struct cmariadb_fault {
  unsigned code;
  char text[512];
};

struct cmariadb_options {
  const char *_Nonnull host;
  unsigned port;
  const char *_Nonnull user;
  const char *_Nullable password;
  const char *_Nonnull database;
  /// Seconds; 0 for no limit.
  unsigned connect_seconds, read_seconds, write_seconds;
  /// Refuses a connection without TLS.
  bool needs_tls;
  /// The server's certificate and name are checked, against `ca` (a PEM file) or else the system's.
  bool checks_server;
  const char *_Nullable ca, *_Nullable certificate, *_Nullable key;
};

/// A connection whose statements count the rows that they match (CLIENT_FOUND_ROWS), in utf8mb4; or NULL and `fault`.
struct cmariadb *_Nullable cmariadb_open(
    const struct cmariadb_options *_Nonnull options, struct cmariadb_fault *_Nonnull fault);
void cmariadb_close(struct cmariadb *_Nonnull connection);
/// What the server calls this connection: `KILL` takes it.
unsigned long cmariadb_id(struct cmariadb *_Nonnull connection);
/// Whether a transaction is open, by what the server said last.
bool cmariadb_in_transaction(struct cmariadb *_Nonnull connection);
/// Runs one statement as text and forgets its rows.
bool cmariadb_run(
    struct cmariadb *_Nonnull connection, const char *_Nonnull sql, size_t length,
    struct cmariadb_fault *_Nonnull fault);

struct cmariadb_statement *_Nullable cmariadb_prepare(
    struct cmariadb *_Nonnull connection, const char *_Nonnull sql, size_t length,
    struct cmariadb_fault *_Nonnull fault);
void cmariadb_finish(struct cmariadb_statement *_Nonnull statement);
/// The number of `?`.
size_t cmariadb_parameters(struct cmariadb_statement *_Nonnull statement);

/// The answer has other columns than the statement had when it was prepared: a table was changed. To be prepared anew.
enum { CMARIADB_NEW_COLUMNS = 2057 };

enum cmariadb_kind { CMARIADB_NULL, CMARIADB_INTEGER, CMARIADB_REAL, CMARIADB_TEXT };

struct cmariadb_value {
  enum cmariadb_kind kind;
  int64_t integer;
  double real;
  /// Without a NUL at the end.
  const char *_Nullable text;
  size_t length;
};

/// Runs it with as many values as it has parameters.
bool cmariadb_execute(
    struct cmariadb_statement *_Nonnull statement, const struct cmariadb_value *_Nullable values,
    struct cmariadb_fault *_Nonnull fault);
/// Rows that the last run matched.
long long cmariadb_matched(struct cmariadb_statement *_Nonnull statement);
/// How much the server had to remark about the last run: SHOW WARNINGS tells what.
unsigned cmariadb_warnings(struct cmariadb_statement *_Nonnull statement);

// After a run: the columns of its answer, 0 when it has none, and its rows, which must be read to the end or dropped
// before the connection is used for anything else.
size_t cmariadb_columns(struct cmariadb_statement *_Nonnull statement);
const char *_Nonnull cmariadb_column(struct cmariadb_statement *_Nonnull statement, size_t column);
/// 1: there is a row. 0: there are no more. -1: `fault`.
int cmariadb_next(struct cmariadb_statement *_Nonnull statement, struct cmariadb_fault *_Nonnull fault);
/// A value of the row at hand; its text lasts until the next call on the statement.
struct cmariadb_value cmariadb_value(struct cmariadb_statement *_Nonnull statement, size_t column);
/// Forgets the rest of the answer.
void cmariadb_drop(struct cmariadb_statement *_Nonnull statement);

#endif
