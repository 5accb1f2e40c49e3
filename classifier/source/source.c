#include "classifier/source/source.h"

#include <string.h>

#include "classifier/source/lastfm.h"
#include "classifier/source/musicbrainz.h"
#include "classifier/source/reccobeats.h"

const struct source *const source_rows[] = {&source_reccobeats, &source_musicbrainz,
                                            &source_lastfm};
const size_t source_n = sizeof(source_rows) / sizeof(source_rows[0]);

const struct source *source_find_row(const char *name)
{
    for (size_t i = 0; i < source_n; i++) {
        if (strcmp(source_rows[i]->name, name) == 0)
            return source_rows[i];
    }
    return NULL;
}

size_t source_first_stage(const struct source *s, enum source_subject subject)
{
    size_t stage = 0;
    while (stage < s->n_stages && s->stages[stage].subject != subject)
        stage++;
    return stage;
}

/* Statuses that a source's `take` or its runner can make sense of. */
static bool is_answer(int status)
{
    return (status >= 200 && status < 300) || status == 400 || status == 404 || status == 413 ||
           status == 414 || status == 431;
}

void source_judge(const struct source *s, const struct http_req *req, const struct http_res *res,
                  unsigned attempt, double jitter, struct retry_answer *a)
{
    *a = (struct retry_answer){.verdict = RETRY_DELIVER};
    if (s->complain && res->result == HTTP_RESULT_REPLY)
        s->complain(res, a);
    if (a->verdict != RETRY_DELIVER)
        return;
    if (res->result == HTTP_RESULT_REPLY && (res->status == 429 || res->status == 503))
        retry_hold(res, s->hold_ms, attempt, jitter, a);
    else if (res->result != HTTP_RESULT_REPLY || res->status >= 500 || res->status == 408 ||
             retry_is_garbled(req, res))
        retry_again(res, s->title, attempt, jitter, a);
    else if (res->status == 401 || res->status == 403) {
        a->verdict = RETRY_GIVE_UP;
        err_set(&a->err, ERR_REFUSED, "%s refuses genred's requests (status %d)", s->title,
                res->status);
    } else if (!is_answer(res->status))
        retry_give_up(res, s->title, a);
}
