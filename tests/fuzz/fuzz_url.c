/* Any text: what url_param writes, url_query_get reads back, and nothing reads beyond its end. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_strndup((const char *)data, size);
    size_t n = strlen(text);
    char *out = mem_alloc(n + 1);
    struct buf b;
    buf_init(&b, 6 * n + 64);
    (void)url_is_loopback(text);
    (void)url_query_get(text, "code", out, n + 1);
    (void)url_query_get("code=%41", text, out, n + 1);
    buf_add_str(&b, n % 2 == 0 ? "http://127.0.0.1/?" : "");
    url_param(&b, "first", text);
    url_param(&b, text, "second");
    if (b.overflow || !url_query_get(buf_str(&b), "first", out, n + 1) || strcmp(out, text) != 0) {
        abort();
    }
    free(out);
    free(text);
    buf_free(&b);
    return 0;
}
