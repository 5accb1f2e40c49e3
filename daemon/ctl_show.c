#include "daemon/ctl_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "daemon/ctl_account.h"
#include "daemon/ctl_learn.h"
#include "daemon/ctl_plan.h"
#include "daemon/ctl_table.h"

static size_t width(void)
{
    return ctl_table_width(STDOUT_FILENO);
}

static void table_print(const struct ctl *c, struct ctl_table *t)
{
    ctl_table_print(t, width(), c->color);
}

/* "label      text", harmless. Nothing for NULL. */
static void line_print(const char *label, const char *text)
{
    if (text != NULL) {
        char *clean = ctl_table_clean(text);
        printf("%-12s %s\n", label, clean);
        free(clean);
    }
}

/* The time as ISO text from a member that holds ISO text or an epoch; false when there is none. */
static bool time_of(const struct json *j, const char *key, char *out, size_t size)
{
    const struct json *value = json_get(j, key);
    out[0] = '\0';
    if (json_is_string(value)) {
        text_copy(out, size, json_str(value));
    } else if (json_is_number(value) && json_int(value, 0) > 0) {
        text_time(json_int(value, 0), out, size);
    }
    return out[0] != '\0';
}

void ctl_show_time(const char *iso, char *out, size_t out_size)
{
    int64_t at_s;
    if (iso == NULL || !text_to_time(iso, &at_s)) {
        text_copy(out, out_size, iso != NULL ? iso : "-");
        return;
    }
    int64_t delta_s = at_s - clock_utc_s();
    char span[48];
    text_duration((delta_s < 0 ? -delta_s : delta_s) * 1000, span, sizeof(span));
    snprintf(out, out_size, "%s%s%s (%s)", delta_s > 0 ? "in " : "", span,
             delta_s > 0 ? "" : " ago", iso);
}

static void time_print(const char *label, const struct json *j, const char *key)
{
    char iso[40];
    char text[128];
    if (time_of(j, key, iso, sizeof(iso))) {
        ctl_show_time(iso, text, sizeof(text));
        line_print(label, text);
    }
}

/* A person or a playlist may be a name or an object that has one. */
static const char *name_of(const struct json *j)
{
    static const char *const keys[] = {"display_name", "name", "id"};
    const char *name = json_str(j);
    for (size_t i = 0; i < 3 && name == NULL; i++) {
        name = json_get_str(j, keys[i]);
    }
    return name;
}

/* --- status ------------------------------------------------------------------------------------
 */

static void login_print(const struct ctl *c, const struct json *status)
{
    if (!json_get_bool(status, "logged_in", false)) {
        char *hint = ctl_account_hint(&c->config, "none: genrectl login");
        line_print("login", json_get_bool(status, "client_id_set", true)
                                ? hint
                                : "none: set [spotify] client_id first, see README");
        free(hint);
        return;
    }
    const char *user = name_of(json_get(status, "user"));
    line_print("login", user != NULL ? user : "yes");
    time_print("login ends", status, "login_expires_at");
}

static void kinds_print(const struct json *kinds)
{
    struct buf b = {0};
    for (const struct json *k = json_first(kinds); k != NULL; k = json_next(k)) {
        int64_t n = json_int(k, 0);
        if (n > 0 && json_key(k) != NULL) {
            buf_printf(&b, "%s%lld %s", b.len > 0 ? ", " : "", (long long)n, json_key(k));
        }
    }
    if (b.len > 0) {
        for (char *p = b.data; *p != '\0'; p++) {
            *p = *p == '_' ? ' ' : *p;
        }
        line_print("of them", buf_str(&b));
    }
    buf_free(&b);
}

static void running_print(const struct json *running)
{
    if (!json_is_object(running)) {
        return;
    }
    const char *job = json_get_str(running, "job");
    const char *step = json_get_str(running, "step");
    struct buf b = {0};
    buf_printf(&b, "%s: %s", job != NULL ? job : "", step != NULL ? step : "");
    int64_t total = json_get_int(running, "total", 0);
    if (total > 0) {
        buf_printf(&b, ", %lld of %lld", (long long)json_get_int(running, "done", 0),
                   (long long)total);
    }
    line_print("running", buf_str(&b));
    buf_free(&b);
}

static void playlists_print(const struct ctl *c, const struct json *playlists)
{
    static const struct ctl_table_column columns[] = {
        {"genre", false, false}, {"songs", true, false}, {"playlist", false, true}};
    if (json_size(playlists) == 0) {
        return;
    }
    struct ctl_table t;
    ctl_table_init(&t, columns, 3);
    for (const struct json *p = json_first(playlists); p != NULL; p = json_next(p)) {
        int64_t n = json_get_int(p, "total", json_get_int(p, "tracks", -1));
        ctl_table_add(&t, json_get_str(p, "genre"));
        if (n >= 0) {
            ctl_table_addf(&t, "%lld", (long long)n);
        } else {
            ctl_table_add(&t, "");
        }
        const char *name = json_get_str(p, "name");
        const char *state = json_get_str(p, "state");
        bool there = state == NULL || text_equal(state, "active");
        ctl_table_addf(&t, "%s%s", name != NULL ? name : "",
                       there                       ? ""
                       : text_equal(state, "gone") ? " (deleted, left alone)"
                       : text_equal(state, "left") ? " (its genre is gone, left alone)"
                                                   : " (not among your playlists)");
    }
    putchar('\n');
    table_print(c, &t);
}

static void warnings_print(const struct ctl *c, const struct json *warnings)
{
    for (const struct json *w = json_first(warnings); w != NULL; w = json_next(w)) {
        if (json_str(w) != NULL) {
            char *hint = ctl_account_hint(&c->config, json_str(w));
            char *clean = ctl_table_clean(hint);
            printf("%swarning: %s%s\n", c->color ? "\x1b[33m" : "", clean,
                   c->color ? "\x1b[0m" : "");
            free(clean);
            free(hint);
        }
    }
}

static void budget_print(const struct json *budget)
{
    char text[128];
    int64_t ceiling = json_get_int(budget, "ceiling", 0);
    if (json_get_int(budget, "last_day", 0) == 0) {
        return;
    }
    int n = snprintf(text, sizeof(text), "%lld to Spotify in the last day",
                     (long long)json_get_int(budget, "last_day", 0));
    if (ceiling > 0) {
        n += snprintf(text + n, sizeof(text) - (size_t)n, " of %lld", (long long)ceiling);
    }
    snprintf(text + n, sizeof(text) - (size_t)n, ", %lld in the last 30 s",
             (long long)json_get_int(budget, "last_30_s", 0));
    line_print("calls", text);
    time_print("room again", budget, "room_at");
}

static void accounts_print(const struct json *accounts)
{
    struct buf b = {0};
    ctl_account_names(accounts, &b);
    line_print("accounts", b.len > 0 ? buf_str(&b) : NULL);
    buf_free(&b);
}

void ctl_show_status(const struct ctl *c, const struct json *status)
{
    char text[96];
    line_print("account", json_get_str(status, "account"));
    login_print(c, status);
    line_print("access", json_get_str(status, "access"));
    int64_t others = json_get_int(status, "others", 0);
    char more[40] = "";
    if (others > 0)
        snprintf(more, sizeof(more), "%lld others, ", (long long)others);
    snprintf(text, sizeof(text), "%lld liked, %s%lld labelled",
             (long long)json_get_int(status, "liked", 0), more,
             (long long)json_get_int(status, "labelled", 0));
    line_print("songs", text);
    kinds_print(json_get(status, "liked_kinds"));
    int64_t pending = json_get_int(status, "sources_pending", 0);
    if (pending > 0) {
        snprintf(text, sizeof(text), "at least %lld calls, see genrectl sources",
                 (long long)pending);
        line_print("still to ask", text);
    }
    time_print("last sync", status, "last_sync");
    time_print("next sync", status, "next_sync");
    budget_print(json_get(status, "budget"));
    time_print("on hold", status, "cooldown_until");
    running_print(json_get(status, "running"));
    accounts_print(json_get(status, "accounts"));
    playlists_print(c, json_get(status, "playlists"));
    warnings_print(c, json_get(status, "warnings"));
}

/* --- runs --------------------------------------------------------------------------------------
 */

void ctl_show_runs(const struct ctl *c, const struct json *runs)
{
    static const struct ctl_table_column columns[] = {
        {"run", true, false},     {"job", false, false},     {"started", false, false},
        {"ended", false, false},  {"requests", true, false}, {"added", true, false},
        {"removed", true, false}, {"message", false, true}};
    struct ctl_table t;
    ctl_table_init(&t, columns, 8);
    const struct json *list = json_get(runs, "runs");
    for (const struct json *r = json_first(list); r != NULL; r = json_next(r)) {
        int64_t id = json_get_int(r, "id", json_get_int(r, "run", 0));
        char started[40];
        time_of(r, "started_at", started, sizeof(started));
        const char *outcome = json_get_str(r, "outcome");
        ctl_table_addf(&t, "%lld", (long long)id);
        ctl_table_add(&t, json_get_str(r, "job"));
        ctl_table_add(&t, started);
        ctl_table_add(&t, outcome != NULL ? outcome : "running");
        ctl_table_addf(&t, "%lld", (long long)json_get_int(r, "requests", 0));
        ctl_table_addf(&t, "%lld", (long long)json_get_int(r, "added", 0));
        ctl_table_addf(&t, "%lld", (long long)json_get_int(r, "removed", 0));
        ctl_table_add(&t, json_get_str(r, "message"));
    }
    table_print(c, &t);
}

static void wrote_print(const struct json *p)
{
    struct buf b;
    buf_init(&b, 0);
    const char *name = json_get_str(p, "name");
    buf_printf(&b, "%s:%s%s%s %lld put in, %lld taken out", name != NULL ? name : "",
               json_get_bool(p, "created", false) ? " made," : "",
               json_get_bool(p, "followed", false) ? " followed again," : "",
               json_get_bool(p, "unfollowed", false) ? " unfollowed," : "",
               (long long)json_get_int(p, "added", 0), (long long)json_get_int(p, "removed", 0));
    line_print("playlist", buf_str(&b));
    const struct json *changes = json_get(p, "changes");
    for (const struct json *c = json_first(changes); c != NULL; c = json_next(c)) {
        const char *title = json_get_str(c, "name");
        const char *artists = json_get_str(c, "artists");
        buf_clear(&b);
        buf_printf(&b, "%s - %s (%s)", title != NULL ? title : "", artists != NULL ? artists : "",
                   json_get_str(c, "id"));
        line_print(text_equal(json_get_str(c, "verb"), "add") ? "  +" : "  -", buf_str(&b));
    }
    buf_free(&b);
}

void ctl_show_run(const struct ctl *c, const struct json *run)
{
    (void)c;
    const struct json *playlists = json_get(run, "playlists");
    line_print("job", json_get_str(run, "job"));
    time_print("started", run, "started_at");
    time_print("ended", run, "finished_at");
    line_print("outcome", json_get_str(run, "outcome"));
    if (json_first(playlists) == NULL) {
        puts("it wrote nothing");
    }
    for (const struct json *p = json_first(playlists); p != NULL; p = json_next(p)) {
        wrote_print(p);
    }
}

/* --- ends of runs ------------------------------------------------------------------------------
 */

static void example_cell(struct ctl_table *t, const struct json *song)
{
    if (song == NULL) {
        ctl_table_add(t, "");
        return;
    }
    const char *name = json_get_str(song, "name");
    const char *artists = json_get_str(song, "artists");
    /* The probability first: a long name must not push it out of sight. */
    ctl_table_addf(t, "%.0f %%  %s%s%s", 100 * json_get_num(song, "p", 0), name != NULL ? name : "",
                   artists != NULL ? " - " : "", artists != NULL ? artists : "");
}

static void sorted_row(struct ctl_table *t, const struct json *p)
{
    const struct json *example = json_first(json_get(p, "examples"));
    const char *name = json_get_str(p, "name");
    ctl_table_add(t, name != NULL ? name : json_get_str(p, "genre"));
    ctl_table_addf(t, "%lld", (long long)json_get_int(p, "added", 0));
    ctl_table_addf(t, "%lld", (long long)json_get_int(p, "removed", 0));
    ctl_table_addf(t, "%lld", (long long)json_get_int(p, "total", 0));
    example_cell(t, example);
    for (int i = 1; i < 3 && (example = json_next(example)) != NULL; i++) {
        for (int column = 0; column < 4; column++) {
            ctl_table_add(t, "");
        }
        example_cell(t, example);
    }
}

static void sorted_print(const struct ctl *c, const struct json *summary)
{
    static const struct ctl_table_column columns[] = {{"playlist", false, true},
                                                      {"added", true, false},
                                                      {"removed", true, false},
                                                      {"total", true, false},
                                                      {"for example", false, true}};
    struct ctl_table t;
    ctl_table_init(&t, columns, 5);
    const struct json *playlists = json_get(summary, "playlists");
    for (const struct json *p = json_first(playlists); p != NULL; p = json_next(p)) {
        sorted_row(&t, p);
    }
    if (t.n_cells > 0) {
        table_print(c, &t);
        putchar('\n');
    }
    bool dry = json_get_bool(summary, "dry_run", false);
    printf("%s%lld songs, %lld labelled, %lld in no chosen genre; %lld requests in %.1f s\n",
           dry ? "dry run, nothing was written: " : "",
           (long long)json_get_int(summary, "tracks", 0),
           (long long)json_get_int(summary, "labelled", 0),
           (long long)json_get_int(summary, "unsorted", 0),
           (long long)json_get_int(summary, "requests", 0), json_get_num(summary, "seconds", 0));
}

static void about(double seconds, char *out, size_t out_size)
{
    char span[32];
    text_duration((int64_t)seconds * 1000, span, sizeof(span));
    if (seconds < 1) {
        text_copy(out, out_size, "less than a second");
    } else {
        snprintf(out, out_size, "about %s", span);
    }
}

static void cost_print(const struct json *cost)
{
    if (cost == NULL) {
        return;
    }
    char span[48];
    bool others = false;
    about(json_get_num(cost, "seconds", 0), span, sizeof(span));
    int64_t own = json_get_int(cost, "reads", 0) + json_get_int(cost, "writes", 0);
    printf("a sort costs %lld calls to Spotify, %s\n", (long long)own, span);
    const struct json *sources = json_get(cost, "sources");
    for (const struct json *s = json_first(sources); s != NULL; s = json_next(s)) {
        long long calls = json_get_int(s, "calls", 0);
        about((double)json_get_int(s, "seconds", 0), span, sizeof(span));
        if (calls > 0) {
            printf("and at least %lld to %s, %s\n", calls, json_get_str(s, "name"), span);
            others = true;
        }
    }
    if (others) {
        puts("what these answer is not in this preview: it makes other songs sure enough");
    }
}

/* The end of an undo, of a plan that was applied, or of an adoption. */
static void edited_print(const struct json *summary)
{
    const struct json *playlists = json_get(summary, "playlists");
    int64_t undone = json_get_int(summary, "undone", 0);
    if (undone > 0) {
        printf("run %lld is undone\n", (long long)undone);
    }
    if (json_get_str(summary, "adopted") != NULL) {
        line_print("adopted", json_get_str(summary, "adopted"));
        puts("the next sort puts your songs of the genre in; none of yours is taken out");
    }
    for (const struct json *p = json_first(playlists); p != NULL; p = json_next(p)) {
        wrote_print(p);
    }
    printf("%lld put in, %lld taken out; %lld requests\n",
           (long long)json_get_int(summary, "added", 0),
           (long long)json_get_int(summary, "removed", 0),
           (long long)json_get_int(summary, "requests", 0));
}

void ctl_show_summary(const struct ctl *c, const struct json *summary)
{
    const char *job = json_get_str(summary, "job");
    if (json_is_array(json_get(summary, "lessons"))) {
        ctl_learn_show(summary);
        return;
    }
    if (json_is_array(json_get(summary, "chosen"))) {
        edited_print(summary);
    } else if (json_is_array(json_get(summary, "playlists"))) {
        sorted_print(c, summary);
        ctl_plan_show(summary);
        cost_print(json_get(summary, "cost"));
    } else if (text_equal(job, "login")) {
        const char *user = name_of(json_get(summary, "user"));
        char *clean = ctl_table_clean(user != NULL ? user : "");
        printf("logged in%s%s\n", *clean != '\0' ? " as " : "", clean);
        free(clean);
    } else {
        ctl_show_event(summary);
    }
    for (const struct json *n = json_first(json_get(summary, "notes")); n != NULL;
         n = json_next(n)) {
        line_print("note:", json_str(n));
    }
    warnings_print(c, json_get(summary, "warnings"));
}

void ctl_show_event(const struct json *event)
{
    const char *job = json_get_str(event, "job");
    const char *message = json_get_str(event, "message");
    struct buf b = {0};
    buf_printf(&b, "%s: %s", job != NULL ? job : "run", message != NULL ? message : "done");
    if (message == NULL && json_get(event, "requests") != NULL) {
        buf_printf(&b, ", %lld requests", (long long)json_get_int(event, "requests", 0));
    }
    char *clean = ctl_table_clean(buf_str(&b));
    printf("%s\n", clean);
    fflush(stdout);
    free(clean);
    buf_free(&b);
}
