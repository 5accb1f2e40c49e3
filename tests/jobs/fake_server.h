/* A small Spotify as a function, and a driver that plays the runner: jobs are tested without
 * sockets. */
#ifndef TESTS_JOBS_FAKE_SERVER_H
#define TESTS_JOBS_FAKE_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/jobs/job.h"

#define FAKE_SONGS     600
#define FAKE_PLAYLISTS 8
#define FAKE_ID        23

#define FAKE_ALBUMS 60

/* A saved album of the n songs from `first` on. */
struct fake_album {
    int first;
    size_t n;
};

struct fake_playlist {
    char id[FAKE_ID];
    char name[128];
    char description[320];
    char items[FAKE_SONGS * 2][FAKE_ID];
    size_t n;
    int version; /* its snapshot */
    bool followed;
};

/* Songs are numbers; even ones are by artists with a rock tag, odd ones with a jazz tag. */
struct fake_server {
    int likes[FAKE_SONGS]; /* newest first; negative: an entry that is null */
    size_t n_likes;
    struct fake_album albums[FAKE_ALBUMS]; /* newest first */
    size_t n_albums;
    bool no_albums; /* 403 for the saved albums */
    struct fake_playlist playlists[FAKE_PLAYLISTS];
    size_t n_playlists;
    bool old_shapes;    /* refuses what came in February 2026 */
    bool no_statistics; /* 403 for audio statistics and batches of artists */
    int bad_song;       /* 400 for additions that hold it; -1: none */
    int list_lag;       /* so many readings of the list of playlists omit the newest */
    int64_t total_lie;  /* added to the total of the likes */
    int requests;
    int writes;
    int statistics_asked;
};

void fake_server_init(struct fake_server *f, size_t songs);
struct fake_playlist *fake_server_playlist(struct fake_server *f, const char *name);
/* One of the person's own, of the n songs from `first` on. */
struct fake_playlist *fake_server_by_hand(struct fake_server *f, int first, size_t n);
/* Answers one request; the state changes as the service's would. */
void fake_server_answer(struct fake_server *f, const struct http_req *req, struct http_res *res);
void fake_server_song_id(int song, char out[FAKE_ID]);

enum fake_failure {
    FAKE_NONE,
    FAKE_STOP_BEFORE, /* the program ends before the request is carried out */
    FAKE_STOP_AFTER,  /* ... after it */
    FAKE_LOST,        /* the request is lost; a write's outcome is unknown */
    FAKE_ANSWER_LOST, /* it is carried out, and the answer lost */
};

struct fake_drive {
    struct fake_server *server;
    size_t window;
    bool deferred; /* requests reach the server when their reply is taken, not when sent */
    int fail_at;   /* number of the exchange, from 1; 0: none */
    enum fake_failure failure;
    int exchanges;                                            /* counted */
    void (*before_take)(struct fake_server *f, int exchange); /* NULL: nothing changes meanwhile */
    /* In place of the server, when set. */
    void (*answer)(void *ctx, const struct http_req *req, struct http_res *res);
    void *ctx;
};

/* Runs the job until it ends or is stopped; frees it. ERR_CANCELLED when it was stopped. */
enum err_code fake_drive(struct fake_drive *d, struct job *j, struct err *e);

#endif
