/* The call budget: what was sent to Spotify in the last 30 seconds and in the last day, and the
 * cool-down that it asked for. Spotify counts both in rolling windows of unpublished size, over all
 * apps of a developer. Pure; whoever owns it keeps it across restarts. */
#ifndef SPOTIFY_BUDGET_H
#define SPOTIFY_BUDGET_H

#include <stdint.h>

#include "base/buf.h"

#define BUDGET_SECONDS  30
#define BUDGET_QUARTERS 97 /* of an hour: a day, and the one that began before it */

struct budget_bucket {
    int64_t at; /* number of the second, or of the quarter, since the epoch */
    int64_t n;
};

struct budget {
    struct budget_bucket second[BUDGET_SECONDS];
    struct budget_bucket quarter[BUDGET_QUARTERS];
    int64_t cooldown_until_s; /* UTC; 0: none */
};

/* One more call was sent. */
void budget_count(struct budget *b, int64_t now_s);
/* Calls of the last 30 seconds, and of the last day (to a quarter of an hour, rather more than
 * less). After the clock was set back, what lies more than a day ahead does not count. */
int64_t budget_in_30_s(const struct budget *b, int64_t now_s);
int64_t budget_in_day(const struct budget *b, int64_t now_s);
/* The earliest time, UTC, at which one more call keeps the day's count at `ceiling` or below; now_s
 * when it does now, or when there is no ceiling (0). */
int64_t budget_room_at(const struct budget *b, int64_t ceiling, int64_t now_s);

/* As lines of text for the store, and back; lines that make no sense are skipped. */
void budget_write(const struct budget *b, struct buf *out);
void budget_read(struct budget *b, const char *text);

#endif
