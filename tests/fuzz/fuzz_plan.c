/* Any text as a plan: it is refused with a line, or every playlist and song in it is named. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "daemon/ctl_plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct json *j, const char *key)
{
    if (!json_get_str(j, key) || json_get_int(j, "line", 0) < 1)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err e = {0};
    struct json *plan = NULL;
    char *text = mem_array(size + 1, 1);
    memcpy(text, data, size);
    if (ctl_plan_parse(text, &plan, &e) == ERR_OK) {
        const struct json *playlists = json_get(plan, "playlists");
        for (const struct json *p = json_first(playlists); p; p = json_next(p)) {
            check(p, "genre");
            const struct json *changes = json_get(p, "changes");
            for (const struct json *c = json_first(changes); c; c = json_next(c))
                check(c, "id");
        }
    } else if (!e.text[0])
        abort();
    json_free(plan);
    free(text);
    return 0;
}
