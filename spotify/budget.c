#include "spotify/budget.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define QUARTER_S ((int64_t)900)
#define DAY_S     ((int64_t)86400)

static void add(struct budget_bucket *ring, int64_t size, int64_t at, int64_t n)
{
    struct budget_bucket *bucket = &ring[((at % size) + size) % size];
    if (bucket->at != at)
        *bucket = (struct budget_bucket){.at = at};
    bucket->n += n;
}

/* Calls in buckets that began less than `span` seconds before now, and not too far ahead of it. */
static int64_t sum(const struct budget_bucket *ring, size_t n, int64_t width_s, int64_t span_s,
                   int64_t now_s)
{
    int64_t calls = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t ends_s = (ring[i].at + 1) * width_s;
        if (ends_s > now_s - span_s && ends_s <= now_s + width_s + DAY_S)
            calls += ring[i].n;
    }
    return calls;
}

void budget_count(struct budget *b, int64_t now_s)
{
    add(b->second, BUDGET_SECONDS, now_s, 1);
    add(b->quarter, BUDGET_QUARTERS, now_s / QUARTER_S, 1);
}

int64_t budget_in_30_s(const struct budget *b, int64_t now_s)
{
    return sum(b->second, BUDGET_SECONDS, 1, BUDGET_SECONDS, now_s);
}

int64_t budget_in_day(const struct budget *b, int64_t now_s)
{
    return sum(b->quarter, BUDGET_QUARTERS, QUARTER_S, DAY_S, now_s);
}

int64_t budget_room_at(const struct budget *b, int64_t ceiling, int64_t now_s)
{
    int64_t room_s = now_s;
    if (ceiling <= 0)
        return now_s;
    /* Each turn lets the oldest bucket that still counts run out. */
    while (budget_in_day(b, room_s) >= ceiling) {
        int64_t next_s = INT64_MAX;
        for (size_t i = 0; i < BUDGET_QUARTERS; i++) {
            int64_t out_s = (b->quarter[i].at + 1) * QUARTER_S + DAY_S;
            if (b->quarter[i].n && out_s > room_s && out_s < next_s)
                next_s = out_s;
        }
        room_s = next_s;
    }
    return room_s;
}

void budget_write(const struct budget *b, struct buf *out)
{
    buf_printf(out, "cooldown %" PRId64 " 0\n", b->cooldown_until_s);
    for (size_t i = 0; i < BUDGET_SECONDS; i++) {
        if (b->second[i].n)
            buf_printf(out, "second %" PRId64 " %" PRId64 "\n", b->second[i].at, b->second[i].n);
    }
    for (size_t i = 0; i < BUDGET_QUARTERS; i++) {
        if (b->quarter[i].n)
            buf_printf(out, "quarter %" PRId64 " %" PRId64 "\n", b->quarter[i].at, b->quarter[i].n);
    }
}

static void read_line(struct budget *b, char *line)
{
    char *rest = line;
    const char *word = strsep(&rest, " ");
    const char *first = strsep(&rest, " ");
    int64_t at = 0;
    int64_t n = 0;
    if (!first || !rest || !text_to_int(first, 0, INT64_MAX / DAY_S, &at) ||
        !text_to_int(rest, 0, INT32_MAX, &n))
        return;
    if (strcmp(word, "cooldown") == 0)
        b->cooldown_until_s = at;
    else if (strcmp(word, "second") == 0)
        add(b->second, BUDGET_SECONDS, at, n);
    else if (strcmp(word, "quarter") == 0)
        add(b->quarter, BUDGET_QUARTERS, at, n);
}

void budget_read(struct budget *b, const char *text)
{
    *b = (struct budget){.cooldown_until_s = 0};
    while (*text) {
        char line[96];
        size_t n = strcspn(text, "\n");
        if (n < sizeof(line)) {
            memcpy(line, text, n);
            line[n] = '\0';
            read_line(b, line);
        }
        text += n + (text[n] == '\n');
    }
}
