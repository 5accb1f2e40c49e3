#include "classifier/audio/container.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define SIZE_UNKNOWN 0x7fff0000U /* what recorders write who do not know it yet, and above */
#define OGG_HEAD     27          /* bytes of a page before its list of lengths */
#define OGG_PAGE     65307       /* bytes of the largest page */

/* The bytes that a RIFF or AIFF header says follow it; 0 when there is no such header, or it leaves
 * that open. */
static uint32_t size_promised(const unsigned char *b)
{
    uint32_t size = 0;
    if (memcmp(b, "RIFF", 4) == 0) {
        size = (uint32_t)b[4] | (uint32_t)b[5] << 8 | (uint32_t)b[6] << 16 | (uint32_t)b[7] << 24;
    } else if (memcmp(b, "FORM", 4) == 0) {
        size = (uint32_t)b[7] | (uint32_t)b[6] << 8 | (uint32_t)b[5] << 16 | (uint32_t)b[4] << 24;
    }
    return size < SIZE_UNKNOWN ? size : 0;
}

/* Whether the last page's bytes are all there; b: (n) the file's last ones, which end it. */
static bool ogg_is_whole(const unsigned char *b, size_t n)
{
    size_t at = n > OGG_HEAD ? n - OGG_HEAD : 0;
    while (at > 0 && memcmp(b + at, "OggS", 4) != 0) {
        at--;
    }
    const size_t list = at + OGG_HEAD, lengths = list <= n ? b[list - 1] : 0;
    size_t end = list + lengths;
    for (size_t i = 0; i < lengths && list + i < n; i++) {
        end += b[list + i];
    }
    return memcmp(b + at, "OggS", 4) == 0 && end <= n;
}

static enum err_code ogg_check(int fd, int64_t size, struct err *e)
{
    const size_t n = size < OGG_PAGE ? (size_t)size : OGG_PAGE;
    unsigned char *b = mem_array(n, 1);
    enum err_code code = ERR_OK;
    if (pread(fd, b, n, size - (int64_t)n) != (ssize_t)n || !ogg_is_whole(b, n)) {
        code = err_set(e, ERR_FORMAT, "ends early: its last page is cut off");
    }
    free(b);
    return code;
}

enum err_code container_check(int fd, bool *ret_mpeg4, struct err *e)
{
    unsigned char b[12] = {0};
    struct stat st;
    if (pread(fd, b, sizeof(b), 0) != (ssize_t)sizeof(b) || fstat(fd, &st) != 0) {
        return err_set(e, ERR_FORMAT, "is too short for a sound file");
    }
    *ret_mpeg4 = memcmp(b + 4, "ftyp", 4) == 0;
    const int64_t size = size_promised(b);
    if (size > st.st_size) {
        return err_set(e, ERR_FORMAT, "ends early: %lld of %lld bytes are there",
                       (long long)st.st_size, (long long)size + 8);
    }
    return memcmp(b, "OggS", 4) == 0 ? ogg_check(fd, st.st_size, e) : ERR_OK;
}
