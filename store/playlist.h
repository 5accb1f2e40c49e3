/* The playlists under genred's care, and what it knows of their items. Only a playlist with a row
 * here is ever written. */
#ifndef STORE_PLAYLIST_H
#define STORE_PLAYLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/library.h"
#include "store/content.h"
#include "store/store.h"

#define STORE_MARKER_LEN 16

struct store_playlist {
    int64_t id;
    const char *genre;
    int64_t volume;     /* 1, 2, ...: a playlist holds 10,000 songs */
    const char *marker; /* in the description, to find a creation whose answer was lost */
    const char *sid;    /* "" until created */
    const char *name;
    const char *snapshot; /* after our last write or reading; "" unknown */
    int64_t total;        /* items, whoever put them there */
    bool listed;          /* was seen among the person's playlists */
    int64_t missing_s;    /* since when it is not; 0: it is */
    bool gone;            /* the person deleted it: left alone from then on */
    bool adopted;         /* the person's own, taken under care */
    bool may_remove;      /* genred takes out again what it put in */
    bool let_go;          /* not under care any more */
    bool read;            /* its list is known */
    bool unknown;         /* a write's outcome is not known: read it before anything else */
};

/* (n) by genre and volume. */
ERR_NODISCARD enum err_code store_playlist_list(struct store *s, int64_t account, struct arena *a,
                                                struct store_playlist **ret_list, size_t *ret_n,
                                                struct err *e);
/* One of the person's own under care, as the first of its genre; nothing of it is known yet. */
ERR_NODISCARD enum err_code store_playlist_adopt(struct store *s, int64_t account,
                                                 const char *genre,
                                                 const struct library_playlist *p, bool may_remove,
                                                 struct err *e);
/* One by Spotify's id, also one that was let go; id 0: there is none. */
ERR_NODISCARD enum err_code store_playlist_find(struct store *s, int64_t account, const char *sid,
                                                struct arena *a,
                                                struct store_playlist *ret_playlist, struct err *e);
/* A row for a playlist to be created, with a fresh marker. */
ERR_NODISCARD enum err_code store_playlist_new(struct store *s, int64_t account, const char *genre,
                                               int64_t volume, const char *name, int64_t *ret_id,
                                               struct err *e);
/* A row for a playlist of this person's that another genred made. Everything in it counts as put
 * there by them. */
ERR_NODISCARD enum err_code store_playlist_share(struct store *s, int64_t account,
                                                 const char *genre,
                                                 const struct library_playlist *p, struct err *e);
/* The service's id of a created playlist; its creation is no longer outstanding. */
ERR_NODISCARD enum err_code store_playlist_created(struct store *s, int64_t id, const char *sid,
                                                   const char *snapshot, struct err *e);
/* What the list of playlists says of it. */
ERR_NODISCARD enum err_code store_playlist_seen(struct store *s, int64_t id, bool listed,
                                                int64_t missing_s, bool gone, struct err *e);
/* Forgets one that was never created. */
ERR_NODISCARD enum err_code store_playlist_forget(struct store *s, int64_t id, struct err *e);
/* Not under care from now on, with its record kept for an undo: it was unfollowed, or left to the
 * person. Its genre may have another. */
ERR_NODISCARD enum err_code store_playlist_let_go(struct store *s, int64_t id, bool unfollowed,
                                                  struct err *e);

/* Under care again, as one of its genre's; NULL: of the genre that it had. */
ERR_NODISCARD enum err_code store_playlist_take_back(struct store *s, int64_t id, const char *genre,
                                                     struct err *e);

enum store_item_by {
    STORE_BY_GENRED,  /* genred wrote it */
    STORE_BY_PERSON,  /* they put it there */
    STORE_BY_REMOVED, /* they took it out: it stays out */
    STORE_BY_KEPT,    /* an undo put it back: it stays, but says nothing of the song */
    STORE_BY_UNDONE,  /* an undo took it out: it stays out, but says nothing of the song */
    STORE_BY_DOUBLED, /* they and genred put it there at the same time: one copy, theirs, remains */
    STORE_BY_NOBODY,  /* no row */
};
/* As the column has it; "" for nobody. */
const char *store_item_by_name(enum store_item_by by);
enum store_item_by store_item_by_find(const char *name);

struct store_item {
    int64_t track;
    int64_t playlist;
    enum store_item_by by;
    double p; /* with which genred's song stands there; NAN: not known */
};
/* Items of all volumes of a genre, in ascending order of track. */
ERR_NODISCARD enum err_code store_playlist_items(struct store *s, int64_t account,
                                                 const char *genre, struct arena *a,
                                                 struct store_item **ret_items, size_t *ret_n,
                                                 struct err *e);
/* Genres (n) with a playlist under care that the song stands in. */
ERR_NODISCARD enum err_code store_playlist_having(struct store *s, int64_t account, int64_t track,
                                                  struct arena *a, const char ***ret_genres,
                                                  size_t *ret_n, struct err *e);
/* The song stays out of it, by the person's word. */
ERR_NODISCARD enum err_code store_playlist_veto(struct store *s, int64_t playlist, int64_t track,
                                                struct err *e);
/* The probability with which genred's song stands there. */
ERR_NODISCARD enum err_code store_playlist_stands(struct store *s, int64_t playlist, int64_t track,
                                                  double p, struct err *e);

/* A complete reading. */
struct store_reading {
    const char *snapshot;
    const int64_t *tracks; /* (n_tracks) known songs among them, one as often as it is there */
    size_t n_tracks;
    struct store_content content;
    int64_t run; /* the run that reads: what it put in itself and is there twice was put in by the
                    person at the same time */
};
/* Merges it. What is missing was taken out by the person; what is new, or there more than
 * once, was put there by them; outstanding writes are settled by it and their rows end. One
 * transaction. */
ERR_NODISCARD enum err_code store_playlist_merge(struct store *s, int64_t id,
                                                 const struct store_reading *reading,
                                                 struct err *e);

#endif
