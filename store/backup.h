/* What is a person's own in the store, as a text (backup_text.h) that a store elsewhere takes over:
 * genred's playlists and their songs, labels, exclusions, chosen genres and
 * places, genres changed on the page. */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "store/store.h"

/* Appends the account's backup to text; the same state gives the same text but for line 2, which
 * tells now_s. ERR_FORMAT when it is larger than text may get. */
ERR_NODISCARD enum err_code store_backup_write(struct store *s, int64_t account, int64_t now_s,
                                               struct buf *text, struct err *e);

struct store_backup_counts {
    int64_t songs; /* that were not known */
    int64_t playlists;
    int64_t playlists_known; /* were there already, and stay as they are */
    int64_t items;
    int64_t corrections;
    int64_t dead; /* corrections of genres that are not here: left out */
    int64_t exclusions;
    int64_t genres; /* 1: the choice of genres was taken over */
    int64_t edits;  /* 1: so was something of what was changed in genres on the page */
    int64_t places; /* 1: and the choice of what is sorted */
};
/* A backup, and who knows what its genres mean. account: the row that it goes to. */
struct store_backup_text {
    const char *text; /* (n) */
    size_t n;
    void *ctx;
    /* Adds what `more` tells of genres changed on the page to what is told here; NULL: only where
     * nothing is. */
    enum err_code (*merge)(void *ctx, struct buf *here, const char *more, struct err *e);
    /* Whether there is such a genre, once those changes are taken over; NULL: there is. */
    bool (*knows)(void *ctx, int64_t account, const char *genre);
};
/* Merges a backup in one transaction. account: who is logged in; ERR_USAGE if the backup is of
 * another one. 0: nobody is; then it goes to the account of that user id, which is made if it is
 * not there, for their next login. Playlists that are not known are added; a correction or
 * exclusion counts if it is newer; nothing is deleted. ERR_USAGE with the number of the line where
 * the text is not what it should be: then nothing is changed. */
ERR_NODISCARD enum err_code store_backup_restore(struct store *s, int64_t account,
                                                 const struct store_backup_text *text,
                                                 struct store_backup_counts *ret_counts,
                                                 struct err *e);

#endif
