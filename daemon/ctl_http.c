#include "daemon/ctl_http.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

#define SILENCE_MS    60000 /* the daemon answers at once; what takes long has its own stream */
#define CONNECT_MS    3000
#define HEAD_MAX      16384
#define BODY_MAX      ((size_t)64 << 20)
#define PIECE_BYTES   16384
#define LINE_MAX_SIZE 256 /* of a chunk's size */

static enum err_code lost(struct err *e)
{
    return err_set(e, ERR_UNREACHABLE, "the daemon went away");
}

static enum err_code of_read(enum ctl_read r, struct err *e)
{
    switch (r) {
    case CTL_READ_STOP:
        return err_set(e, ERR_CANCELLED, "interrupted");
    case CTL_READ_TIME:
        return err_set(e, ERR_UNREACHABLE, "the daemon does not answer");
    case CTL_READ_MORE:
    case CTL_READ_END:
    case CTL_READ_OTHER:
    case CTL_READ_LOST:
        break;
    }
    return lost(e);
}

enum err_code ctl_http_open(const char *socket_path, int stop_fd, struct ctl_http *ret,
                            int *ret_errno, struct err *e)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    *ret_errno = ENAMETOOLONG;
    if (!text_copy(address.sun_path, sizeof(address.sun_path), socket_path)) {
        return err_set(e, ERR_UNREACHABLE, "the path of the socket is too long: %s", socket_path);
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        *ret_errno = errno;
        return err_set(e, ERR_UNREACHABLE, "cannot make a socket: %s", strerror(errno));
    }
    int64_t deadline_ms = clock_boot_ms() + CONNECT_MS;
    while (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        /* EAGAIN: its queue is full for the moment. */
        if ((errno == EAGAIN || errno == EINTR) && clock_boot_ms() < deadline_ms) {
            poll(NULL, 0, 20);
            continue;
        }
        *ret_errno = errno;
        close(fd);
        if (*ret_errno == EACCES || *ret_errno == EPERM) {
            return err_set(e, ERR_UNREACHABLE,
                           "you may not use the daemon's socket %s: its owner, or its group, may",
                           socket_path);
        }
        return err_set(e, ERR_UNREACHABLE, "cannot reach the daemon at %s: %s", socket_path,
                       strerror(*ret_errno));
    }
    *ret_errno = 0;
    *ret = (struct ctl_http){.fd = fd, .stop_fd = stop_fd};
    buf_init(&ret->raw, BODY_MAX);
    return ERR_OK;
}

/* Waits for `events` on the socket. CTL_READ_MORE: they are there. */
static enum ctl_read wait_for(const struct ctl_http *c, short events, int timeout_ms, int other_fd)
{
    struct pollfd fds[] = {{.fd = c->fd, .events = events},
                           {.fd = c->stop_fd, .events = POLLIN},
                           {.fd = other_fd, .events = POLLIN}};
    int n;
    do {
        n = poll(fds, 3, timeout_ms);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        return CTL_READ_LOST;
    }
    if (n == 0) {
        return CTL_READ_TIME;
    }
    if (fds[1].revents != 0) {
        return CTL_READ_STOP;
    }
    return fds[0].revents != 0 ? CTL_READ_MORE : CTL_READ_OTHER;
}

static enum err_code send_all(struct ctl_http *c, const char *p, size_t n, struct err *e)
{
    while (n > 0) {
        ssize_t sent = send(c->fd, p, n, MSG_NOSIGNAL);
        if (sent >= 0) {
            p += sent;
            n -= (size_t)sent;
            continue;
        }
        if (errno == EINTR) {
            continue;
        }
        if (errno != EAGAIN) {
            return lost(e);
        }
        enum ctl_read r = wait_for(c, POLLOUT, SILENCE_MS, -1);
        if (r != CTL_READ_MORE) {
            return of_read(r, e);
        }
    }
    return ERR_OK;
}

/* More raw bytes. CTL_READ_END: the daemon closed the connection. */
static enum ctl_read fill(struct ctl_http *c, int timeout_ms, int other_fd)
{
    if (c->at == c->raw.len) {
        buf_clear(&c->raw);
        c->at = 0;
    }
    for (;;) {
        char piece[PIECE_BYTES];
        ssize_t got = recv(c->fd, piece, sizeof(piece), 0);
        if (got > 0) {
            return buf_add(&c->raw, piece, (size_t)got) ? CTL_READ_MORE : CTL_READ_LOST;
        }
        if (got == 0) {
            return CTL_READ_END;
        }
        if (errno != EAGAIN && errno != EINTR) {
            return CTL_READ_LOST;
        }
        enum ctl_read r = wait_for(c, POLLIN, timeout_ms, other_fd);
        if (r != CTL_READ_MORE) {
            return r;
        }
    }
}

/* "Name: value" of the head; false when the reply cannot be understood. */
static bool header_take(struct ctl_http *c, char *line)
{
    char *colon = strchr(line, ':');
    if (colon == NULL) {
        return false;
    }
    *colon = '\0';
    char *value = text_trim(colon + 1);
    if (strcasecmp(line, "Content-Length") == 0) {
        return text_to_int(value, 0, INT64_MAX, &c->left);
    }
    if (strcasecmp(line, "Transfer-Encoding") == 0) {
        c->chunked = strcasecmp(value, "chunked") == 0;
        return c->chunked;
    }
    return true;
}

/* The head at the start of raw, which ends before `end`. */
static bool head_take(struct ctl_http *c, char *end)
{
    *end = '\0';
    char *line = c->raw.data;
    int64_t status;
    c->left = -1;
    if (!text_starts_with(line, "HTTP/1.") || strlen(line) < 12) {
        return false;
    }
    char number[4] = {line[9], line[10], line[11], '\0'};
    if (!text_to_int(number, 100, 599, &status)) {
        return false;
    }
    c->status = (int)status;
    for (char *next = strstr(line, "\r\n"); next != NULL;) {
        line = next + 2;
        next = strstr(line, "\r\n");
        if (next != NULL) {
            *next = '\0';
        }
        if (*line != '\0' && !header_take(c, line)) {
            return false;
        }
    }
    if (c->chunked) {
        c->left = 0;
    }
    c->ended = c->left == 0 && !c->chunked;
    return true;
}

enum err_code ctl_http_ask(struct ctl_http *c, const char *method, const char *target,
                           const char *body, struct err *e)
{
    struct buf out = {0};
    buf_printf(&out, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", method, target);
    if (body != NULL) {
        buf_printf(&out, "Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen(body));
    }
    buf_printf(&out, "\r\n%s", body != NULL ? body : "");
    enum err_code code = send_all(c, buf_str(&out), out.len, e);
    buf_free(&out);
    while (code == ERR_OK) {
        char *end = c->raw.len > 0 ? strstr(c->raw.data, "\r\n\r\n") : NULL;
        if (end != NULL) {
            c->at = (size_t)(end - c->raw.data) + 4;
            return head_take(c, end) ? ERR_OK : lost(e);
        }
        enum ctl_read r = c->raw.len < HEAD_MAX ? fill(c, SILENCE_MS, -1) : CTL_READ_LOST;
        if (r != CTL_READ_MORE) {
            code = of_read(r, e);
        }
    }
    return code;
}

/* The size line of the next chunk; false while it is not whole. c->left is -1 if it is nonsense. */
static bool chunk_start(struct ctl_http *c)
{
    /* The line that ends the chunk before. */
    while (c->at < c->raw.len && (c->raw.data[c->at] == '\r' || c->raw.data[c->at] == '\n')) {
        c->at++;
    }
    const char *line = c->raw.len > 0 ? c->raw.data + c->at : "";
    const char *end = memchr(line, '\n', c->raw.len - c->at);
    if (end == NULL) {
        c->left = c->raw.len - c->at > LINE_MAX_SIZE ? -1 : 0;
        return c->left < 0;
    }
    char *stop;
    unsigned long size = strtoul(line, &stop, 16);
    bool valid =
        stop != line && size <= BODY_MAX && (*stop == '\r' || *stop == ';' || *stop == '\n');
    c->left = valid ? (int64_t)size : -1;
    c->at += (size_t)(end - line) + 1;
    c->ended = valid && size == 0;
    return true;
}

/* Moves what raw holds of the body. False when more raw bytes are needed first. */
static bool decode(struct ctl_http *c, struct buf *body, bool *ret_broken)
{
    size_t before = body->len;
    *ret_broken = false;
    while (!c->ended) {
        if (c->chunked && c->left == 0 && !chunk_start(c)) {
            break;
        }
        if (c->chunked && c->left < 0) {
            *ret_broken = true;
            return false;
        }
        size_t n = c->raw.len - c->at;
        if (c->left >= 0 && n > (size_t)c->left) {
            n = (size_t)c->left;
        }
        if (n == 0) {
            break;
        }
        *ret_broken = !buf_add(body, c->raw.data + c->at, n);
        c->at += n;
        c->left -= c->left > 0 ? (int64_t)n : 0;
        c->ended = !c->chunked && c->left == 0;
        if (*ret_broken) {
            return false;
        }
    }
    return body->len > before;
}

enum ctl_read ctl_http_read(struct ctl_http *c, struct buf *body, int timeout_ms, int other_fd)
{
    for (;;) {
        bool broken;
        if (decode(c, body, &broken)) {
            return CTL_READ_MORE;
        }
        if (broken) {
            return CTL_READ_LOST;
        }
        if (c->ended) {
            return CTL_READ_END;
        }
        enum ctl_read r = fill(c, timeout_ms, other_fd);
        if (r == CTL_READ_END) {
            c->ended = c->left < 0 && !c->chunked;
            return c->ended ? CTL_READ_END : CTL_READ_LOST;
        }
        if (r != CTL_READ_MORE) {
            return r;
        }
    }
}

enum err_code ctl_http_read_all(struct ctl_http *c, struct buf *body, struct err *e)
{
    enum ctl_read r;
    do {
        r = ctl_http_read(c, body, SILENCE_MS, -1);
    } while (r == CTL_READ_MORE);
    return r == CTL_READ_END ? ERR_OK : of_read(r, e);
}

void ctl_http_close(struct ctl_http *c)
{
    if (c->fd >= 0) {
        close(c->fd);
    }
    buf_free(&c->raw);
    c->fd = -1;
}
