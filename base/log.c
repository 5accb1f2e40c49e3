#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

#define TEXT_MAX       2048
#define ACCOUNT_BYTES  100  /* kept free for " account=NAME" */
#define LINE_MAX_BYTES 4096 /* PIPE_BUF: whole lines even when several processes share the pipe */

static const struct {
    const char *name;
    int priority;
} levels[] = {
    [LOG_ERROR] = {"error", 3},
    [LOG_WARNING] = {"warning", 4},
    [LOG_INFO] = {"info", 6},
    [LOG_DEBUG] = {"debug", 7},
};

static _Atomic int level_max = LOG_INFO;

/* A desktop's terminal hands its own $JOURNAL_STREAM down, so that it counts only while it names
 * the file behind our standard error (systemd.exec(5)). */
static bool is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat st;
    if (stream == NULL || fstat(STDERR_FILENO, &st) != 0) {
        return false;
    }
    char own[64];
    snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
    return strcmp(stream, own) == 0;
}

static size_t prefix_put(char *line, size_t size, enum log_level level)
{
    int n;
    if (is_journal()) {
        n = snprintf(line, size, "<%d>", levels[level].priority);
    } else {
        char now[32];
        text_time(clock_utc_s(), now, sizeof(now));
        n = snprintf(line, size, "%s %s ", now, levels[level].name);
    }
    return n > 0 ? (size_t)n : 0;
}

/* Bytes of the character at s, or of what is none; *ret_plain is false for what a terminal or a
 * reader of lines might take for a command: C0, DEL, C1 and bytes that are no UTF-8. */
static size_t character_length(const char *s, bool *ret_plain)
{
    uint32_t c = 0;
    size_t len = text_utf8_next(s, strnlen(s, 4), &c);
    *ret_plain = len > 0 && c >= 0x20 && (c < 0x7f || c >= 0xa0);
    return len > 0 ? len : 1;
}

static size_t escaped_put(char *line, size_t len, size_t size, const char *text)
{
    static const char hex[] = "0123456789abcdef";
    while (*text != '\0' && len + 8 < size) {
        bool plain;
        size_t n = character_length(text, &plain);
        if (plain) {
            memcpy(line + len, text, n);
            len += n;
        }
        for (size_t i = 0; i < n && !plain; i++) {
            unsigned char byte = (unsigned char)text[i];
            const char code[4] = {'\\', 'x', hex[byte >> 4], hex[byte & 15]};
            memcpy(line + len, code, sizeof(code));
            len += sizeof(code);
        }
        text += n;
    }
    return len;
}

static void write_all(const char *p, size_t n)
{
    while (n > 0) {
        ssize_t wrote = write(STDERR_FILENO, p, n);
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote <= 0) {
            return; /* nowhere left to say so */
        }
        p += wrote;
        n -= (size_t)wrote;
    }
}

void log_level_set(enum log_level level)
{
    atomic_store_explicit(&level_max, (int)level, memory_order_relaxed);
}

bool log_level_parse(const char *name, enum log_level *ret_level)
{
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        if (text_equal(name, levels[i].name)) {
            *ret_level = (enum log_level)i;
            return true;
        }
    }
    return false;
}

void log_line(enum log_level level, const char *fmt, ...)
{
    if ((int)level > atomic_load_explicit(&level_max, memory_order_relaxed)) {
        return;
    }
    int saved = errno;
    char raw[TEXT_MAX + 1];
    char text[TEXT_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(raw, sizeof(raw), fmt, args);
    va_end(args);
    bool whole = text_copy(text, sizeof(text), raw);

    char line[LINE_MAX_BYTES];
    size_t len = prefix_put(line, sizeof(line), level);
    len = escaped_put(line, len, sizeof(line) - ACCOUNT_BYTES, text);
    if (!whole) {
        memcpy(line + len, "...", 3);
        len += 3;
    }
    const char *account = getenv("GENRED_ACCOUNT");
    if (account != NULL && *account != '\0' && strlen(account) < ACCOUNT_BYTES / 2) {
        len = escaped_put(line, len, sizeof(line), " account=");
        len = escaped_put(line, len, sizeof(line) - 1, account);
    }
    line[len++] = '\n';
    write_all(line, len);
    errno = saved;
}
