/* Any bytes: json_parse accepts or rejects them; what it accepts prints as what it accepts again.
 */
#include <stdlib.h>

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json *j = NULL;
    struct json *again = NULL;
    struct buf b;
    struct err e;
    if (json_parse((const char *)data, size, &j, &e) != ERR_OK) {
        return 0;
    }
    for (const struct json *child = json_first(j); child != NULL; child = json_next(child)) {
        (void)json_int(child, 0);
        (void)json_get_str(child, "id");
    }
    buf_init(&b, (size_t)256 << 20);
    json_print(j, false, &b);
    if (b.overflow || json_parse(buf_str(&b), b.len, &again, &e) != ERR_OK ||
        json_size(j) != json_size(again)) {
        abort();
    }
    json_free(again);
    json_free(j);
    buf_free(&b);
    return 0;
}
