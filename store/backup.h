/* What is a person's own in the store, as a text (backup_text.h) that a store elsewhere takes over:
 * genred's playlists and their songs, labels, exclusions, chosen genres and
 * places, genres changed on the page. */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

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
    int64_t exclusions;
    int64_t genres; /* 1: the choice of genres was taken over */
    int64_t edits;  /* 1: so was what was changed in genres on the page */
    int64_t places; /* 1: and the choice of what is sorted */
};
/* Merges a backup in one transaction. account: who is logged in; ERR_USAGE if the backup is of
 * another one. 0: nobody is; then it goes to the account of that user id, which is made if it is
 * not there, for their next login. Playlists that are not known are added; a correction or
 * exclusion counts if it is newer; nothing is deleted. ERR_USAGE with the number of the line where
 * the text is not what it should be: then nothing is changed. */
ERR_NODISCARD enum err_code store_backup_restore(struct store *s, int64_t account, const char *text,
                                                 size_t n, struct store_backup_counts *ret_counts,
                                                 struct err *e);

#endif
