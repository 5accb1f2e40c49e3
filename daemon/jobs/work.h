/* The main job: from the liked page to the playlists, as steps over one shared state. A sync ends
 * after the labels, a sort goes on to the playlists. */
#ifndef DAEMON_JOBS_WORK_H
#define DAEMON_JOBS_WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "classifier/model.h"
#include "daemon/jobs/job.h"
#include "daemon/jobs/opinion.h"
#include "spotify/access.h"
#include "store/label.h"
#include "store/liked.h"
#include "store/outbox.h"
#include "store/place.h"
#include "store/playlist.h"
#include "store/store.h"
#include "store/track.h"

/* The other sources, which are asked beside the job by somebody else. */
struct work_sources {
    void *ctx;
    /* New songs may be there. eager: ask even those that failed a moment ago. */
    void (*wake)(void *ctx, bool eager);
    /* Whether songs are still being asked about at those that a sort waits for, or at any; how far
     * they are. Who waits is woken (runner_poke) when that changes. */
    bool (*busy)(void *ctx, bool any, struct job_progress *ret_progress);
    /* Adds a sentence for each that failed or is still being asked. */
    void (*tell)(void *ctx, struct json *notes);
    /* [{name, calls, seconds}]: what it will cost to ask about all that is in the store. */
    struct json *(*cost)(void *ctx, struct store *s);
};

/* What a job works on; borrowed for its whole life. */
struct work_env {
    struct store *store; /* a copy for a dry run */
    struct access *access;
    const struct model *model;
    const struct tree *tree;
    const char *api_url;
    const char *user_id; /* for the old shape of creating a playlist */
    int64_t account;
    int64_t run;                        /* in whose journal the writes stand; 0: in none */
    const struct work_sources *sources; /* NULL: there are none */
};

/* What is wanted of it; owned by the job. */
struct work_options {
    const char *name;      /* "sync", "sort", "undo", "apply" or "adopt"; static */
    bool sort;             /* go on to the playlists */
    int64_t undo;          /* take this run back instead; 0: none */
    struct json *plan;     /* carry this out instead; NULL: none */
    char *adopt;           /* take this playlist (id or name) under care instead; NULL: none */
    bool adopt_may_remove; /* and take out again what is put in */
    bool dry_run;          /* ends before anything is written; the store is a copy */
    bool yes;              /* also what would take out much that is no longer there */
    bool wait;             /* sorts only when all sources are through */
    char **from;           /* (n_from) places as in [sort] from; none: the likes */
    size_t n_from;
    char **genres;
    size_t n_genres;
    double threshold;    /* a song enters a genre's playlist at this probability (< 0: the genre's
                            own) ... */
    double stay_margin;  /* ... and leaves below threshold - stay_margin */
    char *playlist_name; /* "{genre} (genred)" */
    bool is_public;
    int64_t min_tracks; /* a smaller genre gets no playlist */
};
void work_options_free(struct work_options *o);

/* Owns options and, for a dry run, the store copy. */
struct job *work_new(const struct work_env *env, struct work_options *options);

/* --- shared by the steps, one file each ----------------------------------------------------------
 */

/* Requests whose replies are outstanding keep what they asked about in a slot; http_req.tag is its
 * index. */
#define WORK_SLOTS 32

struct liked_state {
    bool over;
    int pass;     /* readings of the whole list begun */
    int64_t walk; /* number of this reading */
    int64_t next_offset;
    int64_t limit;          /* read on up to here; -1: the first page has not come */
    int64_t total;          /* that the pages tell */
    int64_t items;          /* entries read */
    bool consistent;        /* all pages told the same total */
    bool previous_complete; /* the reading before was complete */
    int64_t previous_walk;
    int64_t previous_items;
    struct store_liked_head head;
};

struct gather_state {
    bool begun;
    bool *refused;      /* (options.n_from) it is one of genred's own playlists */
    size_t at;          /* of options.from: what is being read */
    bool open;          /* `place` is loaded */
    bool over;          /* nothing more is read of it */
    bool asked;         /* a playlist's snapshot was asked for ... */
    bool looked;        /* ... and has come */
    struct arena arena; /* of the place */
    struct store_place place;
    struct store_place now; /* as it is found */
    enum endpoint_shape shape;
    bool tried_other; /* of the two shapes */
    int pass;         /* as in struct liked_state, from here on */
    int64_t walk;
    int64_t next_offset;
    int64_t limit;
    int64_t total;
    int64_t items;
    bool consistent;
    bool previous_complete;
    int64_t previous_walk;
    int64_t previous_items;
    struct gather_rest { /* the pages of long albums beyond the songs that came with them */
        const struct library_album *album;
        int64_t offset;
    } * rest;
    size_t n_rest;
    size_t cap_rest;
    size_t asked_rest;
    size_t taken_rest;
};

struct features_state {
    int64_t cursor;
    size_t next_slot;
    bool counted;
    struct {
        struct arena arena;
        struct store_ids ids;
    } slot[WORK_SLOTS];
};

struct label_state {
    struct arena arena;
    struct store_songs songs;
    struct model_out out; /* of the songs */
    const struct model *model;
    bool counted;
};

struct mirror_state {
    bool begun;
    bool listed; /* the list of playlists is read whole */
    int list_tries;
    int64_t sleep_ms;
    int64_t list_offset;
    int64_t list_limit; /* -1: its first page has not come */
    struct arena arena;
    struct store_playlist *playlists; /* (n) */
    struct mirror_mark {
        bool seen;
        bool read;            /* its items must be read */
        bool was_read;        /* in this run; the list is looked at once more then */
        bool unsafe;          /* could not be read: not written in this run */
        const char *snapshot; /* as listed */
    } * mark;                 /* (n) */
    size_t n;
    size_t at; /* the playlist being read */
    int tries;
    int64_t offset;
    int64_t limit;
    int64_t total;
    int64_t items;
    bool consistent;
    bool failed;
    struct arena items_arena;
    const char **items_read; /* (items) a song's id or an item's URI, in order */
    size_t cap_items;
    int64_t *tracks; /* (n_tracks) rows found in it */
    size_t n_tracks;
    size_t cap_tracks;
    int64_t listed_boot_ms; /* when the list was last read */
    bool found_more;        /* playlists of another genred, which are shared from now on */
    bool counts_only;       /* after our own writes, when the snapshots lag */
    bool read_since_list;   /* items were read after the list was */
    int checks;             /* looks at the list after that */
};

struct adopt_state {
    struct arena arena;
    int64_t offset;
    int64_t limit;                    /* -1: the first page has not come */
    struct library_playlist found[2]; /* (n_found) that fit, one as long as all is well */
    size_t n_found;
};

struct write_state {
    bool begun;
    bool creating; /* a creation is on its way, or its outcome is unknown: no second one */
    struct arena arena;
    struct store_playlist *playlists; /* (n) */
    struct write_mark {
        bool busy;
        bool closed; /* nothing more for it in this round */
        size_t max;  /* songs per request; halved while looking for one that is refused */
    } * mark;
    size_t n;
    size_t next_slot;
    struct write_slot {
        struct arena arena;
        struct store_batch batch;
        size_t playlist;
    } slot[WORK_SLOTS];
};

enum work_why {
    WORK_WHY_PROBABLE, /* p has reached the threshold */
    WORK_WHY_SAID,     /* the person says that it is, or is not, of the genre */
    WORK_WHY_UNLIKED,
    WORK_WHY_UNLIKELY, /* p has fallen below the threshold and its margin */
    WORK_WHY_EDITED,   /* the person put it in, or took it out, themselves */
    WORK_WHY_UNDONE,   /* an undo took it out */
};

/* A song of a genre's playlist, for a preview. */
struct work_change {
    enum work_verb { WORK_ADD, WORK_REMOVE, WORK_HOLD, WORK_VETO } verb;
    enum work_why why;
    int64_t track;
    int64_t playlist;
    double p;         /* NAN: not known */
    double threshold; /* NAN: likewise */
};

/* One genre's outcome for the summary. */
struct work_genre {
    const char *genre;
    int64_t *before; /* (n_before) tracks that genred had in it when the plan was first made,
                        ascending */
    size_t n_before;
    size_t planned_add;
    size_t planned_remove;
    size_t wanted;
    size_t held;   /* judged anew and unlikely now: they leave when the person agrees */
    size_t theirs; /* what the person put in */
    const struct store_labelled *example[3]; /* most probable of those first added */
    double example_p[3];
    struct work_change *changes; /* (n_changes) of a dry run */
    size_t n_changes;
};

struct work {
    struct work_env env;
    struct work_options options;
    struct arena arena; /* of the whole job */
    int round;          /* mirror, plan, write: once more while outcomes are unknown */
    bool planned;
    bool check_counts; /* songs were put in: did somebody else do so at the same time? */
    bool partly;       /* something could not be done, a note says what */
    const char *notes[16];
    size_t n_notes;
    struct opinion opinion; /* at the first plan */
    size_t unsorted;
    struct work_genre *genres; /* (options.n_genres) */
    int64_t started_boot_ms;
    struct liked_state liked;
    struct gather_state gather;
    struct features_state statistics;
    struct features_state artists;
    bool awaiting; /* the sources were woken for this run's last songs */
    struct label_state label;
    struct mirror_state mirror;
    struct write_state write;
    struct adopt_state adopt;
    const char **chosen; /* (n_chosen) genres that are chosen from now on, besides the others */
    size_t n_chosen;
};

/* New songs came into the store. */
void work_wake_sources(struct work *w, bool eager);
/* Of a playlist that genred makes: its genre, and a marker that finds it again. */
#define WORK_DESCRIPTION "%s songs among your likes, kept by genred [%s]"
/* Fewer songs than this are never too many to lose at once. */
#define WORK_LOSS_LEAST 20
/* The genre is chosen from now on, if the job comes to its end. */
void work_choose(struct work *w, const char *genre);
/* Adds a sentence about a playlist that the person deleted. */
void work_note_gone(struct work *w, const struct store_playlist *p);
/* Adds a sentence to the summary. */
void work_note(struct work *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

enum job_wish liked_ask(struct job *j, struct job_io *io);
enum job_after liked_take(struct job *j, struct job_io *io);
enum job_wish gather_ask(struct job *j, struct job_io *io);
enum job_after gather_take(struct job *j, struct job_io *io);
/* Whether the likes are among what is sorted. */
bool gather_has_likes(const struct work *w);
enum job_wish features_statistics_ask(struct job *j, struct job_io *io);
enum job_after features_statistics_take(struct job *j, struct job_io *io);
enum job_wish features_artists_ask(struct job *j, struct job_io *io);
enum job_after features_artists_take(struct job *j, struct job_io *io);
enum job_wish dataset_ask(struct job *j, struct job_io *io);
/* The step that sleeps until the sources have answered. */
#define WORK_AWAIT_STEP "sources"
enum job_wish await_ask(struct job *j, struct job_io *io);
enum job_wish label_ask(struct job *j, struct job_io *io);
enum job_wish mirror_ask(struct job *j, struct job_io *io);
enum job_after mirror_take(struct job *j, struct job_io *io);
/* Whether a chosen genre has no playlist, so that one of another genred may be it. */
bool share_is_possible(const struct work *w);
/* A row for a listed playlist, if it is one of those. */
ERR_NODISCARD enum err_code share_take(struct work *w, const struct library_playlist *p,
                                       struct err *e);
enum job_wish plan_ask(struct job *j, struct job_io *io);
/* Songs that the person and genred put in at the same time: adds what makes them single, the
 * person's copy where it is, to the *n changes. items: (n_items) of the genre. */
ERR_NODISCARD enum err_code single_plan(struct store *store, int64_t playlist,
                                        const struct store_item *items, size_t n_items,
                                        struct arena *a, struct store_change *changes, size_t *n,
                                        struct err *e);
/* "{genre} (genred)", with the volume's number from the second on. */
char *plan_playlist_name(const struct work_options *o, const char *title, int64_t volume,
                         struct arena *a);
enum job_wish undo_ask(struct job *j, struct job_io *io);
enum job_wish apply_ask(struct job *j, struct job_io *io);
enum job_wish adopt_ask(struct job *j, struct job_io *io);
enum job_after adopt_take(struct job *j, struct job_io *io);
enum job_wish write_ask(struct job *j, struct job_io *io);
enum job_after write_take(struct job *j, struct job_io *io);

/* The changes of a dry run: [{verb, id, name, artists, p, threshold, why}]. */
struct json *preview_json(struct work *w, const struct work_genre *g);

void liked_begin(struct liked_state *s);
void gather_end(struct gather_state *s);
void features_end(struct features_state *s);
void label_end(struct label_state *s);
void mirror_end(struct mirror_state *s);
/* Whether that playlist is among those that the person follows. */
bool mirror_is_seen(const struct mirror_state *s, int64_t playlist);
/* Whether that playlist could not be read, so that it is not to be written. */
bool mirror_is_unsafe(const struct mirror_state *s, int64_t playlist);
void write_end(struct write_state *s);

#endif
