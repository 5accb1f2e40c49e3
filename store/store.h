/* The state database: opening, migrating, transactions. One connection, one thread. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct store;

/* Opens or makes the database at path (mode 0600, WAL) and brings its schema up to date in one
 * transaction. ERR_STORE when it cannot be opened or written, is damaged, or is of a newer genred:
 * then it is left as it is. */
ERR_NODISCARD enum err_code store_open(const char *path, struct store **ret_store, struct err *e);
/* A copy in memory, for a dry run: what is written to it is forgotten when it is closed. */
ERR_NODISCARD enum err_code store_open_copy(struct store *of, struct store **ret_store,
                                            struct err *e);
void store_close(struct store *s);

/* Transactions do not nest. store_end commits when code is ERR_OK, else rolls back and returns
 * code. */
ERR_NODISCARD enum err_code store_begin(struct store *s, struct err *e);
ERR_NODISCARD enum err_code store_end(struct store *s, enum err_code code, struct err *e);

/* Leaves an empty database in place of all that was in it: no byte of it stays in its files. Not
 * inside a transaction. */
ERR_NODISCARD enum err_code store_wipe(struct store *s, struct err *e);

/* Two that are equal: nothing was written in between, by this connection or another. */
struct store_stamp {
    int64_t own;
    int64_t others;
};
/* False inside a transaction, whose end may take back what can be read now, and when the database
 * does not answer. */
bool store_stamp_take(struct store *s, struct store_stamp *ret);

/* Gives cached pages back to the system; for the end of a run. */
void store_release_memory(struct store *s);
/* PRAGMA quick_check, for `doctor`. */
ERR_NODISCARD enum err_code store_check(struct store *s, struct err *e);

#endif
