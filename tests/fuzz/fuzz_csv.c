/* Any bytes as a file: every row has valid UTF-8, lines only go forward, and the end comes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct csv *c = NULL;
    struct err e;
    char path[64];
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size) {
        abort();
    }
    int64_t line = 0;
    int got = csv_open(path, &c, &e) == ERR_OK ? csv_next(c, &e) : 0;
    while (got != 0) {
        for (size_t i = 0; i < csv_fields(c); i++) {
            if (!text_is_utf8(csv_field(c, i), strlen(csv_field(c, i)))) {
                abort();
            }
        }
        if (csv_line(c) < line) {
            abort();
        }
        line = csv_line(c);
        got = csv_next(c, &e);
    }
    csv_close(c);
    close(fd);
    return 0;
}
