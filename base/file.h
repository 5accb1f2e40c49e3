/* Files and directories of the state. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* Whole file, at most b->max bytes. ERR_IO with the reason. `-` is standard input. */
ERR_NODISCARD enum err_code file_read(const char *path, struct buf *b, struct err *e);
/* Atomically: temporary file beside it, fsync, rename, fsync of the directory. */
ERR_NODISCARD enum err_code file_write(const char *path, const void *p, size_t n, unsigned mode,
                                       struct err *e);
/* The same, but a file that is there already stays as it is: then *ret_made is false. */
ERR_NODISCARD enum err_code file_create(const char *path, const void *p, size_t n, unsigned mode,
                                        bool *ret_made, struct err *e);
/* mkdir -p; the last directory gets `mode` if it was missing. */
ERR_NODISCARD enum err_code file_make_dir(const char *path, unsigned mode, struct err *e);
bool file_exists(const char *path);
/* Takes an exclusive lock for the life of the process and writes the pid into the file. ERR_BUSY
 * names the holder's pid. The descriptor stays open. */
ERR_NODISCARD enum err_code file_lock(const char *path, int *ret_fd, struct err *e);

#endif
