#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

#define CHUNK 65536

static enum err_code read_all(int fd, const char *path, struct buf *b, struct err *e)
{
    enum err_code code = ERR_OK;
    char *chunk = mem_alloc(CHUNK);
    for (;;) {
        ssize_t got = read(fd, chunk, CHUNK);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            code = err_set(e, ERR_IO, "cannot read %s: %s", path, strerror(errno));
        } else if (got > 0 && !buf_add(b, chunk, (size_t)got)) {
            code = err_set(e, ERR_IO, "cannot read %s: larger than %zu bytes", path,
                           b->max != 0 ? b->max : BUF_MAX_DEFAULT);
        }
        if (got <= 0 || code != ERR_OK) {
            break;
        }
    }
    free(chunk);
    return code;
}

enum err_code file_read(const char *path, struct buf *b, struct err *e)
{
    buf_clear(b);
    if (text_equal(path, "-")) {
        return read_all(STDIN_FILENO, "standard input", b, e);
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return err_set(e, ERR_IO, "cannot open %s: %s", path, strerror(errno));
    }
    enum err_code code = read_all(fd, path, b, e);
    close(fd);
    return code;
}

static bool write_all(int fd, const void *data, size_t n)
{
    const char *p = data;
    while (n > 0) {
        ssize_t wrote = write(fd, p, n);
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote < 0) {
            return false;
        }
        p += wrote;
        n -= (size_t)wrote;
    }
    return true;
}

/* The directory that holds path, allocated. */
static char *parent_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL) {
        return mem_strdup(".");
    }
    return mem_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* Makes the new name itself last. Not every file system can; EINVAL says that it need not. */
static bool sync_parent(const char *path)
{
    char *parent = parent_of(path);
    int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(parent);
    if (fd < 0) {
        return false;
    }
    bool done = fsync(fd) == 0 || errno == EINVAL;
    int saved = errno;
    close(fd);
    errno = saved;
    return done;
}

/* A finished file beside path; its name replaces the XXXXXX of `temporary`. */
static bool write_temporary(char *temporary, const void *p, size_t n, unsigned mode)
{
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool done = fchmod(fd, (mode_t)mode) == 0 && write_all(fd, p, n) && fsync(fd) == 0;
    int saved = errno;
    if (close(fd) != 0 && done) {
        done = false;
        saved = errno;
    }
    if (!done) {
        unlink(temporary);
    }
    errno = saved;
    return done;
}

enum err_code file_write(const char *path, const void *p, size_t n, unsigned mode, struct err *e)
{
    char *temporary = mem_printf("%s.XXXXXX", path);
    enum err_code code = ERR_OK;
    if (!write_temporary(temporary, p, n, mode)) {
        code = err_set(e, ERR_IO, "cannot write %s: %s", path, strerror(errno));
    } else if (rename(temporary, path) != 0) {
        code = err_set(e, ERR_IO, "cannot write %s: %s", path, strerror(errno));
        unlink(temporary);
    } else if (!sync_parent(path)) {
        code = err_set(e, ERR_IO, "cannot sync the directory of %s: %s", path, strerror(errno));
    }
    free(temporary);
    return code;
}

enum err_code file_create(const char *path, const void *p, size_t n, unsigned mode, bool *ret_made,
                          struct err *e)
{
    char *temporary = mem_printf("%s.XXXXXX", path);
    enum err_code code = ERR_OK;
    if (!write_temporary(temporary, p, n, mode)) {
        code = err_set(e, ERR_IO, "cannot write %s: %s", path, strerror(errno));
        goto out;
    }
    /* Unlike rename, link leaves a file alone that another process has put there meanwhile. */
    bool made = link(temporary, path) == 0;
    if (!made && errno != EEXIST) {
        code = err_set(e, ERR_IO, "cannot write %s: %s", path, strerror(errno));
    }
    unlink(temporary);
    if (made && !sync_parent(path)) {
        code = err_set(e, ERR_IO, "cannot sync the directory of %s: %s", path, strerror(errno));
    }
    if (code == ERR_OK) {
        *ret_made = made;
    }
out:
    free(temporary);
    return code;
}

static bool is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* mkdir that is content with a directory that is there. */
static bool make_one(const char *path, mode_t mode)
{
    if (mkdir(path, mode) == 0) {
        return true;
    }
    int saved = errno;
    if (is_dir(path)) {
        return true;
    }
    errno = saved == EEXIST ? ENOTDIR : saved;
    return false;
}

enum err_code file_make_dir(const char *path, unsigned mode, struct err *e)
{
    if (is_dir(path)) {
        return ERR_OK;
    }
    enum err_code code = ERR_OK;
    char *copy = mem_strdup(path);
    size_t n = strlen(copy);
    while (n > 1 && copy[n - 1] == '/') {
        copy[--n] = '\0';
    }
    for (size_t i = 1; i < n && code == ERR_OK; i++) {
        if (copy[i] != '/') {
            continue;
        }
        copy[i] = '\0';
        if (!make_one(copy, 0777)) {
            code = err_set(e, ERR_IO, "cannot make directory %s: %s", copy, strerror(errno));
        }
        copy[i] = '/';
    }
    /* chmod, since the umask may have taken from mode what a shared directory needs. */
    if (code == ERR_OK && (!make_one(copy, (mode_t)mode) || chmod(copy, (mode_t)mode) != 0)) {
        code = err_set(e, ERR_IO, "cannot make directory %s: %s", copy, strerror(errno));
    }
    free(copy);
    return code;
}

bool file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

static enum err_code busy(int fd, const char *path, struct err *e)
{
    char text[24] = "";
    ssize_t got = pread(fd, text, sizeof(text) - 1, 0);
    int64_t pid;
    if (got > 0 && text_to_int(text_trim(text), 1, INT32_MAX, &pid)) {
        return err_set(e, ERR_BUSY, "%s is locked by process %d", path, (int)pid);
    }
    return err_set(e, ERR_BUSY, "%s is locked by another process", path);
}

enum err_code file_lock(const char *path, int *ret_fd, struct err *e)
{
    enum err_code code = ERR_OK;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        return err_set(e, ERR_IO, "cannot open %s: %s", path, strerror(errno));
    }
    char text[24];
    int n = snprintf(text, sizeof(text), "%d\n", (int)getpid());
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        code = errno == EWOULDBLOCK
                   ? busy(fd, path, e)
                   : err_set(e, ERR_IO, "cannot lock %s: %s", path, strerror(errno));
    } else if (ftruncate(fd, 0) != 0 || !write_all(fd, text, (size_t)n)) {
        code = err_set(e, ERR_IO, "cannot write %s: %s", path, strerror(errno));
    }
    if (code != ERR_OK) {
        close(fd);
        return code;
    }
    *ret_fd = fd;
    return ERR_OK;
}
