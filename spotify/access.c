#include "spotify/access.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

bool access_may_ask(const struct access *a, enum endpoint_family family, int64_t now_s)
{
    const struct access_entry *f = &a->family[family];
    if (f->state != ACCESS_REFUSED)
        return true;
    /* A clock that jumped back must not keep a refusal for longer. */
    return now_s >= f->since_s + ACCESS_ASK_AGAIN_S || now_s < f->since_s;
}

bool access_is_open(const struct access *a, enum endpoint_family family)
{
    return a->family[family].state == ACCESS_OPEN;
}

enum endpoint_shape access_shape(const struct access *a, enum endpoint_family family)
{
    return a->family[family].shape;
}

static void set(struct access *a, enum endpoint_family family, struct access_entry entry)
{
    struct access_entry *f = &a->family[family];
    if (f->state == entry.state && f->shape == entry.shape && f->state == ACCESS_OPEN)
        return;
    *f = entry;
    a->changed = true;
}

static bool is_about_items(enum endpoint_family family)
{
    return family == ENDPOINT_ITEMS_READ || family == ENDPOINT_ITEMS_WRITE;
}

static bool has_two_shapes(enum endpoint_family family)
{
    return family == ENDPOINT_CREATE || family == ENDPOINT_UNFOLLOW || is_about_items(family);
}

static bool is_refusal(const struct access_entry *f, enum endpoint_family family, int status)
{
    /* Where the new shape has worked, a 403 about one playlist (full, not ours) speaks of that
     * playlist. */
    if (is_about_items(family) && f->state == ACCESS_OPEN && f->shape == ENDPOINT_NEW)
        return false;
    if (status == 403 || status == 405 || status == 410)
        return true;
    if (f->state == ACCESS_OPEN || is_about_items(family))
        return false;
    return status == 404 || (status == 400 && has_two_shapes(family));
}

enum access_verdict access_learn(struct access *a, enum endpoint_family family,
                                 const struct http_res *res, int64_t now_s)
{
    struct access_entry *f = &a->family[family];
    if (res->result != HTTP_RESULT_REPLY)
        return ACCESS_OTHER;
    if (res->status >= 200 && res->status < 300) {
        set(a, family, (struct access_entry){ACCESS_OPEN, f->shape, now_s});
        return ACCESS_ACCEPTED;
    }
    if (!is_refusal(f, family, res->status))
        return ACCESS_OTHER;
    if (has_two_shapes(family) && (f->state == ACCESS_OPEN || f->shape == ENDPOINT_NEW)) {
        enum endpoint_shape other = f->shape == ENDPOINT_NEW ? ENDPOINT_OLD : ENDPOINT_NEW;
        set(a, family, (struct access_entry){ACCESS_UNKNOWN, other, now_s});
        return ACCESS_TRY_OTHER;
    }
    set(a, family, (struct access_entry){ACCESS_REFUSED, ENDPOINT_NEW, now_s});
    return ACCESS_DENIED;
}

enum err_code access_forbidden(const struct http_res *res, struct err *e)
{
    static const struct {
        const char *words;
        enum err_code code;
        const char *sentence;
    } meanings[] = {
        {"premium", ERR_PREMIUM,
         "Spotify refuses the app because its owner's Premium has lapsed: renew it, and allow a "
         "few "
         "hours until requests are answered again"},
        {"not registered", ERR_ALLOWLIST,
         "this Spotify account is not on the app's list of users: its owner adds it under User "
         "Management at developer.spotify.com/dashboard"},
        {"not be registered", ERR_ALLOWLIST,
         "this Spotify account is not on the app's list of users: its owner adds it under User "
         "Management at developer.spotify.com/dashboard"},
        {"client scope", ERR_SCOPE,
         "the login lacks a permission that genred needs: run 'genrectl login' once more"},
    };
    if (res->result != HTTP_RESULT_REPLY || res->status != 403)
        return ERR_OK;
    const char *body = buf_str(&res->body);
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
        if (strcasestr(body, meanings[i].words))
            return err_set(e, meanings[i].code, "%s", meanings[i].sentence);
    }
    return ERR_OK;
}

const char *access_regime(const struct access *a)
{
    enum access_state statistics = a->family[ENDPOINT_STATISTICS].state;
    if (statistics == ACCESS_OPEN)
        return "extended";
    if (statistics == ACCESS_REFUSED)
        return "development";
    return "unknown";
}

static const char *const state_names[] = {"unknown", "open", "refused"};

void access_write(const struct access *a, struct buf *b)
{
    for (int i = 0; i < ENDPOINT_N; i++) {
        const struct access_entry *f = &a->family[i];
        if (f->state != ACCESS_UNKNOWN)
            buf_printf(b, "%d %s %d %lld\n", i, state_names[f->state], (int)f->shape,
                       (long long)f->since_s);
    }
}

void access_read(struct access *a, const char *text)
{
    memset(a, 0, sizeof(*a));
    while (*text) {
        char line[128];
        size_t n = strcspn(text, "\n");
        snprintf(line, sizeof(line), "%.*s", (int)n, text);
        text += n + (text[n] == '\n');
        char *save = NULL;
        const char *word[4];
        for (int i = 0; i < 4; i++)
            word[i] = strtok_r(i ? NULL : line, " ", &save);
        int64_t family = 0;
        int64_t shape = 0;
        int64_t since = 0;
        if (!word[3] || !text_to_int(word[0], 1, ENDPOINT_N - 1, &family) ||
            !text_to_int(word[2], 0, 1, &shape) || !text_to_int(word[3], 0, INT64_MAX, &since))
            continue;
        for (int state = 0; state < 3; state++) {
            if (text_equal(word[1], state_names[state]))
                a->family[family] = (struct access_entry){(enum access_state)state,
                                                          (enum endpoint_shape)shape, since};
        }
    }
}

void access_forget(struct access *a)
{
    for (int i = 0; i < ENDPOINT_N; i++) {
        if (a->family[i].state == ACCESS_REFUSED)
            a->family[i] = (struct access_entry){0};
    }
    a->changed = true;
}
