/* What the table of sources shows: coverage, age, errors, next call. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "daemon/app.h"
#include "daemon/jobs/inquire.h"
#include "store/inquiry.h"

static void set_time(struct json *j, const char *key, int64_t utc_s)
{
    char when[24];
    text_time(utc_s, when, sizeof(when));
    json_set_str(j, key, utc_s > 0 ? when : NULL);
}

/* What the sources say that are not asked by a lane. */
static const struct local {
    const char *name;
    const char *title;
    const char *gives;
    bool tracks;
    bool artists;
} locals[] = {
    {"spotify", "Spotify", "audio statistics and artists' genres, where the app may", true, true},
    {"dataset", "imported files", "whatever they hold", true, false},
};

static const struct local *local_find(const char *name)
{
    for (size_t i = 0; i < sizeof(locals) / sizeof(locals[0]); i++) {
        if (strcmp(locals[i].name, name) == 0)
            return &locals[i];
    }
    return NULL;
}

static const struct sources_lane *lane_find(const struct app *app, const char *name)
{
    for (size_t i = 0; i < app->sources.n; i++) {
        if (strcmp(app->sources.lane[i].source->name, name) == 0)
            return &app->sources.lane[i];
    }
    return NULL;
}

static bool is_in_order(const struct app *app, const char *name)
{
    for (size_t i = 0; i < app->config.order.n; i++) {
        if (strcmp(app->config.order.items[i], name) == 0)
            return true;
    }
    return false;
}

static enum err_code set_coverage(struct app *app, const char *name, enum store_subject subject,
                                  struct json *source, struct err *e)
{
    struct store_coverage c = {0};
    const struct source *row = source_find_row(name);
    int64_t pending = 0;
    enum err_code code = store_inquiry_coverage(app->store, name, subject, clock_utc_s(), &c, e);
    if (code == ERR_OK && row && is_in_order(app, name))
        code = inquire_pending(app->store, row, (enum source_subject)subject, &pending, e);
    if (code)
        return code;
    struct json *j = json_object();
    json_set_int(j, "all", c.all);
    json_set_int(j, "known", c.known);
    json_set_int(j, "pending", pending);
    set_time(j, "last_answer", c.newest_s);
    set_time(j, "next_due", c.next_s);
    json_set(source, subject == STORE_TRACKS ? "tracks" : "artists", j);
    return ERR_OK;
}

static const char *state_of(const struct app *app, const char *name,
                            const struct sources_lane *lane)
{
    const struct source *source = source_find_row(name);
    int64_t now = clock_utc_s();
    if (!is_in_order(app, name))
        return "off";
    if (!lane)
        return source && source->needs_key ? "no key" : "ready";
    if (runner_is_busy(lane->runner))
        return lane->hold_until_s > now ? "waiting" : "asking";
    if (lane->hold_until_s > now)
        return "waiting";
    return lane->error.code ? "failed" : "ready";
}

static enum err_code set_lane(struct app *app, const struct sources_lane *lane, struct json *j,
                              struct err *e)
{
    int64_t now = clock_utc_s();
    int64_t calls = 0;
    int64_t next = loop_alarm_at(lane->again);
    const struct job *job = runner_job(lane->runner);
    enum err_code code = inquire_calls(app->store, lane->source, &calls, e);
    json_set_int(j, "calls_left", calls);
    json_set_int(j, "seconds_left", calls * sources_interval_ms(lane) / 1000);
    json_set_int(j, "requests", job ? job->requests : 0);
    set_time(j, "cooldown_until", lane->hold_until_s > now ? lane->hold_until_s : 0);
    set_time(j, "next_call", next);
    json_set_str(j, "error", lane->error.code ? lane->error.text : NULL);
    set_time(j, "failed_at", lane->error.code ? lane->failed_s : 0);
    return code;
}

static enum err_code add_source(struct app *app, const char *name, struct json *list, struct err *e)
{
    const struct local *local = local_find(name);
    const struct source *source = source_find_row(name);
    const struct sources_lane *lane = lane_find(app, name);
    struct json *j = json_object();
    enum err_code code = ERR_OK;
    bool tracks =
        local ? local->tracks : source_first_stage(source, SOURCE_TRACKS) < source->n_stages;
    bool artists =
        local ? local->artists : source_first_stage(source, SOURCE_ARTISTS) < source->n_stages;
    json_set_str(j, "name", name);
    json_set_str(j, "title", local ? local->title : source->title);
    json_set_str(j, "gives", local ? local->gives : source->gives);
    json_set_str(j, "state", state_of(app, name, lane));
    if (tracks)
        code = set_coverage(app, name, STORE_TRACKS, j, e);
    if (code == ERR_OK && artists)
        code = set_coverage(app, name, STORE_ARTISTS, j, e);
    if (code == ERR_OK && lane)
        code = set_lane(app, lane, j, e);
    json_add(list, j);
    return code;
}

const char *sources_json_title(const char *name)
{
    const struct local *local = local_find(name);
    const struct source *source = source_find_row(name);
    return local ? local->title : source ? source->title : name;
}

enum err_code sources_json(struct app *app, struct json **ret, struct err *e)
{
    struct json *list = json_array();
    enum err_code code = ERR_OK;
    for (size_t i = 0; code == ERR_OK && i < app->config.order.n; i++)
        code = add_source(app, app->config.order.items[i], list, e);
    for (size_t i = 0; code == ERR_OK && i < config_n_sources; i++) {
        if (!is_in_order(app, config_sources[i]))
            code = add_source(app, config_sources[i], list, e);
    }
    if (code) {
        json_free(list);
        return code;
    }
    *ret = json_object();
    json_set(*ret, "sources", list);
    return ERR_OK;
}
