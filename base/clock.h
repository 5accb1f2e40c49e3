/* The two clocks: monotonic (counting suspend) for waiting, UTC for storing. Injected in tests. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

struct clock_source {
    int64_t (*utc_ms)(void *ctx);
    int64_t (*boot_ms)(void *ctx);
    void *ctx;
};

/* NULL goes back to the system's clocks. $GENRED_CLOCK_OFFSET (seconds) shifts UTC, for tests. */
void clock_set(const struct clock_source *source);
int64_t clock_utc_s(void);
int64_t clock_utc_ms(void);
/* A UTC time to wait for, 0 when it lies more than most_s ahead: then it was noted while the clock
 * was wrong, and waiting for it could take years. */
int64_t clock_plausible(int64_t until_utc_s, int64_t most_s);
/* CLOCK_BOOTTIME: never jumps, goes on in suspend. */
int64_t clock_boot_ms(void);

#endif
