/* Any reply of any source: what is found can be kept, and asked on about. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "classifier/source/source.h"

#define ITEMS 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct source *s, const struct source_item *item,
                  const struct source_find *find)
{
    static struct http_req req;
    if (find->tags && (!*find->tags || !text_is_utf8(find->tags, strlen(find->tags)) ||
                       strpbrk(find->tags, "\n\r\t")))
        abort();
    if (find->verdict == SOURCE_KNOWN && !find->tags && !find->stat_mask)
        abort();
    if (find->verdict != SOURCE_ON)
        return;
    if (find->stage >= s->n_stages || !find->link || strlen(find->link) >= SOURCE_LINK_MAX)
        abort();
    struct source_item next = *item;
    next.link = find->link;
    req = (struct http_req){0};
    s->ask(&(struct source_place){"http://127.0.0.1", ""}, find->stage, &next, 1, &req);
    if (strpbrk(req.url, " \n\r\""))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct source_item items[ITEMS] = {
        {"AAAAAAAAAAAAAAAAAAAAAA", "Ann", "Ann", "GBAYE0000001", "Song",
         "aaaaaaaa-0000-4000-8000-000000000001"},
        {"BBBBBBBBBBBBBBBBBBBBBB", "Ben", "Ben", "", "Song",
         "bbbbbbbb-0000-4000-8000-000000000002"},
        {"CCCCCCCCCCCCCCCCCCCCCC", "", "", "", "", ""},
    };
    if (size < 2)
        return 0;
    const struct source *s = source_rows[data[0] % source_n];
    size_t stage = data[1] % s->n_stages;
    size_t n = s->stages[stage].batch > 1 ? ITEMS : 1;
    struct http_res res = {
        .result = HTTP_RESULT_REPLY, .status = data[1] & 0x80 ? 404 : 200, .retry_after_s = -1};
    const struct http_req req = {.method = HTTP_GET, .idempotent = true};
    struct source_find finds[ITEMS] = {0};
    struct retry_answer answer;
    struct arena a = {0};
    struct err e = {0};
    buf_add(&res.body, (const char *)data + 2, size - 2);
    source_judge(s, &req, &res, 1, 0.5, &answer);
    if ((res.status == 200 || n == 1) && s->take(stage, items, n, &res, &a, finds, &e) == ERR_OK) {
        for (size_t i = 0; i < n; i++)
            check(s, &items[i], &finds[i]);
    }
    arena_free(&a);
    http_res_clear(&res);
    return 0;
}
