#include "base/clock.h"

#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include "base/text.h"

static const struct clock_source *injected;

static int64_t read_ms(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t offset_ms(void)
{
    const char *text = getenv("GENRED_CLOCK_OFFSET");
    int64_t s = 0;
    if (text == NULL || !text_to_int(text, INT32_MIN, INT32_MAX, &s)) {
        return 0;
    }
    return s * 1000;
}

void clock_set(const struct clock_source *source)
{
    injected = source;
}

int64_t clock_utc_ms(void)
{
    if (injected != NULL) {
        return injected->utc_ms(injected->ctx);
    }
    return read_ms(CLOCK_REALTIME) + offset_ms();
}

int64_t clock_utc_s(void)
{
    int64_t ms = clock_utc_ms();
    return ms / 1000 - (ms % 1000 < 0);
}

int64_t clock_boot_ms(void)
{
    if (injected != NULL) {
        return injected->boot_ms(injected->ctx);
    }
    return read_ms(CLOCK_BOOTTIME);
}

int64_t clock_plausible(int64_t until_utc_s, int64_t most_s)
{
    return until_utc_s - clock_utc_s() > most_s ? 0 : until_utc_s;
}
