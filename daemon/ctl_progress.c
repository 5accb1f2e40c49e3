#include "daemon/ctl_progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "daemon/ctl_table.h"

#define PLAIN_MS    5000 /* between two plain lines of one step */
#define BAR_COLUMNS 24

void ctl_progress_init(struct ctl_progress *p, bool off, bool color)
{
    *p = (struct ctl_progress){.off = off, .color = color, .eta_s = -1};
    const char *term = getenv("TERM");
    p->terminal = isatty(STDERR_FILENO) && !text_equal(term, "dumb");
}

static void word_copy(char *out, size_t size, const char *text)
{
    char *clean = ctl_table_clean(text != NULL ? text : "");
    text_copy(out, size, clean);
    free(clean);
}

/* "3 min 20 s" until the moment; "" once it is over. */
static void countdown(int64_t until_s, char *out, size_t size)
{
    int64_t left_s = until_s - clock_utc_s();
    out[0] = '\0';
    if (until_s > 0 && left_s > 0) {
        text_duration(left_s * 1000, out, size);
    }
}

static void wait_put(const struct ctl_progress *p, struct buf *b)
{
    char left[48];
    countdown(p->until_s, left, sizeof(left));
    buf_printf(b, "waiting for the %s", p->waiting);
    if (left[0] != '\0') {
        buf_printf(b, ", goes on in %s", left);
    }
}

static void count_put(const struct ctl_progress *p, struct buf *b)
{
    if (p->total > 0) {
        buf_printf(b, "%lld of %lld", (long long)p->done, (long long)p->total);
    } else if (p->done > 0) {
        buf_printf(b, "%lld", (long long)p->done);
    }
    if (p->eta_s > 0) {
        char left[48];
        text_duration(p->eta_s * 1000, left, sizeof(left));
        buf_printf(b, ", %s left", left);
    }
}

static void bar_put(const struct ctl_progress *p, struct buf *b)
{
    double share = (double)p->done / (double)p->total;
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    int full = (int)(share * BAR_COLUMNS);
    buf_add_char(b, '[');
    for (int i = 0; i < BAR_COLUMNS; i++) {
        buf_add_char(b, i < full ? '#' : '.');
    }
    buf_printf(b, "] %3d %%  ", (int)(share * 100));
}

static void draw(struct ctl_progress *p)
{
    struct buf b = {0};
    buf_printf(&b, "%s: %-10s ", p->job, p->step);
    if (p->waiting[0] != '\0') {
        wait_put(p, &b);
    } else {
        if (p->total > 0) {
            bar_put(p, &b);
        }
        count_put(p, &b);
    }
    size_t width = ctl_table_width(STDERR_FILENO) - 1;
    if (text_columns(buf_str(&b)) > width) {
        char cut[1024];
        text_fit(buf_str(&b), width, cut, sizeof(cut));
        buf_clear(&b);
        buf_add_str(&b, cut);
    }
    fprintf(stderr, "\r\x1b[K%s%s%s", p->color && p->waiting[0] != '\0' ? "\x1b[33m" : "",
            buf_str(&b), p->color && p->waiting[0] != '\0' ? "\x1b[0m" : "");
    fflush(stderr);
    p->drawn = true;
    buf_free(&b);
}

/* A new step or wait is told at once, the rest every few seconds. */
static void tell(struct ctl_progress *p)
{
    int64_t now_ms = clock_boot_ms();
    bool news = !text_equal(p->told_step, p->step) || !text_equal(p->told_waiting, p->waiting);
    if (!news && now_ms - p->told_at_ms < PLAIN_MS) {
        return;
    }
    struct buf b = {0};
    if (p->waiting[0] != '\0') {
        wait_put(p, &b);
    } else {
        count_put(p, &b);
    }
    fprintf(stderr, "%s: %s%s%s\n", p->job, p->step, b.len > 0 ? ": " : "", buf_str(&b));
    buf_free(&b);
    p->told_at_ms = now_ms;
    text_copy(p->told_step, sizeof(p->told_step), p->step);
    text_copy(p->told_waiting, sizeof(p->told_waiting), p->waiting);
}

void ctl_progress_show(struct ctl_progress *p)
{
    if (p->off) {
        return;
    }
    if (p->terminal) {
        draw(p);
    } else {
        tell(p);
    }
}

void ctl_progress_take(struct ctl_progress *p, const struct json *event)
{
    word_copy(p->job, sizeof(p->job), json_get_str(event, "job"));
    word_copy(p->step, sizeof(p->step), json_get_str(event, "step"));
    word_copy(p->waiting, sizeof(p->waiting), json_get_str(event, "waiting"));
    p->done = json_get_int(event, "done", 0);
    p->total = json_get_int(event, "total", 0);
    p->eta_s = json_get_int(event, "eta_s", -1);
    const char *until = json_get_str(event, "until");
    p->until_s = json_get_int(event, "until", 0);
    int64_t until_s;
    if (until != NULL && text_to_time(until, &until_s)) {
        p->until_s = until_s;
    }
    ctl_progress_show(p);
}

void ctl_progress_tick(struct ctl_progress *p)
{
    if (p->waiting[0] != '\0' && p->terminal) {
        ctl_progress_show(p);
    }
}

void ctl_progress_clear(struct ctl_progress *p)
{
    if (p->drawn) {
        fputs("\r\x1b[K", stderr);
        fflush(stderr);
        p->drawn = false;
    }
}
