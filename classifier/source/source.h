/* Where statistics and tags of songs come from besides Spotify itself: one row per source, with a
 * pure `ask` (items to request) and a pure `take` (reply to what it says of each item). Which items
 * are due, when, and where the answers go is not decided here.
 *
 * An item walks through stages: it begins at the first one of its subject, an answer may send it on
 * to another (with a link that it found), and it ends known or absent. */
#ifndef CLASSIFIER_SOURCE_SOURCE_H
#define CLASSIFIER_SOURCE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/http.h"
#include "base/retry.h"
#include "base/song.h"

#define SOURCE_BATCH_MAX 100
#define SOURCE_LINK_MAX  64 /* bytes, its end included */

enum source_subject { SOURCE_TRACKS, SOURCE_ARTISTS, SOURCE_SUBJECTS };

/* What is asked about. Strings are borrowed and never NULL. */
struct source_item {
    const char *sid;    /* Spotify's id of the song or the artist */
    const char *name;   /* the song's title, the artist's name */
    const char *artist; /* of a song: its first artist's name */
    const char *isrc;   /* of the song; of an artist: of one of their songs; "" */
    const char *title;  /* of an artist: that song's title; "" */
    const char *link;   /* what an earlier stage found; "" */
};

enum source_verdict {
    SOURCE_UNSAID, /* the reply says nothing of it: it stays due */
    SOURCE_ABSENT, /* the source does not know it */
    SOURCE_KNOWN,  /* here are its values */
    SOURCE_ON,     /* it goes on to `stage` */
};

/* What a reply says of one item. Strings live in the arena given to `take`. */
struct source_find {
    enum source_verdict verdict;
    size_t stage;       /* of SOURCE_ON */
    const char *link;   /* kept with the item; NULL: as before */
    uint32_t stat_mask; /* bit i: stat[i] is known */
    float stat[SONG_STATS];
    const char *tags;    /* "a; b", heaviest first, lower case; NULL: none */
    const char *weights; /* "100; 57", one per tag, the service's own counts; NULL: none */
};

struct source_stage {
    const char *name; /* "features"; what is asked, for logs and the table of sources */
    enum source_subject subject;
    size_t batch;  /* items in one request, at most SOURCE_BATCH_MAX */
    bool per_isrc; /* batch is 1, but items of the same ISRC share the request */
};

/* Where a source is reached; borrowed. */
struct source_place {
    const char *url; /* without '/' at the end */
    const char *key; /* "" where none is needed */
};

struct source {
    const char *name;  /* "reccobeats", as in [sources] order */
    const char *title; /* "ReccoBeats", in sentences */
    const char *gives; /* "audio statistics" */
    uint32_t stats;    /* bits of the statistics that it tells; 0: it tells tags */
    bool needs_key;
    bool is_quick;                     /* a run waits for it before it sorts */
    int64_t interval_ms;               /* between the beginnings of two requests */
    unsigned window;                   /* requests in flight */
    int64_t hold_ms;                   /* after 429 or 503 without Retry-After; 0: growing */
    int64_t known_again_s;             /* asked again after so long; 0: never */
    int64_t absent_again_s;            /* likewise, of what it did not know */
    const struct source_stage *stages; /* (n_stages) */
    size_t n_stages;
    /* Fills a request about items[0..n), 1 <= n <= the stage's batch, or about n of one ISRC. req
     * is zeroed. */
    void (*ask)(const struct source_place *place, size_t stage, const struct source_item *items,
                size_t n, struct http_req *req);
    /* Reads a reply with status 2xx, or one of 400 and 404 to a request about a single item, into
     * ret_finds (n), which is zeroed (SOURCE_UNSAID). ERR_FORMAT when it is no answer to what was
     * asked: then nothing is known of any item. */
    enum err_code (*take)(size_t stage, const struct source_item *items, size_t n,
                          const struct http_res *res, struct arena *a,
                          struct source_find *ret_finds, struct err *e);
    /* An error told in the body, whatever the status; sets answer->verdict when there is one. NULL:
     * never. */
    void (*complain)(const struct http_res *res, struct retry_answer *answer);
};

/* (source_n) in no particular order: [sources] order decides. */
extern const struct source *const source_rows[];
extern const size_t source_n;

/* NULL when there is none of that name. */
const struct source *source_find_row(const char *name);
/* The stage at which items of a subject begin; n_stages when the source knows nothing of it. */
size_t source_first_stage(const struct source *s, enum source_subject subject);

/* What to do with a raw reply. attempt and jitter as in base/retry.h. Replies judged RETRY_DELIVER
 * are for `take`, but 400, 413, 414 and 431 to a request about several items, which say that it was
 * too long. Pure. */
void source_judge(const struct source *s, const struct http_req *req, const struct http_res *res,
                  unsigned attempt, double jitter, struct retry_answer *ret_answer);

#endif
