/* What sources were asked about songs that are sorted and their artists, how far each has come, and
 * when it is due again. */
#ifndef STORE_INQUIRY_H
#define STORE_INQUIRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/store.h"

enum store_subject { STORE_TRACKS, STORE_ARTISTS };

#define STORE_NEVER INT64_MAX

/* Items at one stage of one source. */
struct store_stage {
    const char *source;
    enum store_subject subject;
    int64_t stage;
    bool first;     /* items that were never asked about are at this one */
    uint32_t stats; /* songs of which a source before it in the order told all these (bits) are not
                       due; 0: all are */
};

struct store_inquiry {
    int64_t row;
    const char *sid;
    const char *name;   /* title, or artist's name */
    const char *artist; /* of a song: all of them, "A; B" */
    const char *isrc;   /* of the song, or of a song of the artist's; "" */
    const char *title;  /* of that song of the artist's; "" */
    const char *link;   /* "" */
};

/* At most max that are due, artists of many songs first. */
ERR_NODISCARD enum err_code store_inquiry_due(struct store *s, const struct store_stage *stage,
                                              int64_t now_s, size_t max, struct arena *a,
                                              struct store_inquiry **ret_list, size_t *ret_n,
                                              struct err *e);
/* How many are due at each stage; `first` is the one at which its subject begins. */
#define STORE_STAGES 8
ERR_NODISCARD enum err_code store_inquiry_count(struct store *s, const struct store_stage *first,
                                                int64_t now_s, int64_t ret_n[STORE_STAGES],
                                                struct err *e);

/* Where an item goes from here. */
struct store_step {
    int64_t stage;
    const char *link; /* NULL: as before */
    int64_t due_s;    /* UTC; 0: now, STORE_NEVER */
    bool answered;    /* the source said something: asked_s becomes now */
};
ERR_NODISCARD enum err_code store_inquiry_put(struct store *s, const char *source,
                                              enum store_subject subject, int64_t row,
                                              int64_t now_s, const struct store_step *step,
                                              struct err *e);
/* Asks again about everything that a source did not know. */
ERR_NODISCARD enum err_code store_inquiry_reopen(struct store *s, const char *source,
                                                 struct err *e);

/* How much of the songs that are sorted, or of their artists, a source covers. */
struct store_coverage {
    int64_t all;
    int64_t known;    /* it told something */
    int64_t settled;  /* asked about, and not due again yet */
    int64_t newest_s; /* its last answer, UTC; 0: none */
    int64_t next_s;   /* the first one due after now; 0: none */
};
ERR_NODISCARD enum err_code store_inquiry_coverage(struct store *s, const char *source,
                                                   enum store_subject subject, int64_t now_s,
                                                   struct store_coverage *ret_coverage,
                                                   struct err *e);

#endif
