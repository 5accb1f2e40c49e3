#include "store/backup_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define ID_MAX     64
#define MARKER_LEN 16

struct shape {
    enum backup_text_kind kind;
    const char *word;
    size_t least, most; /* fields after the word */
};

static const struct shape shapes[] = {
    {BACKUP_TEXT_ACCOUNT, "account", 2, 2},
    {BACKUP_TEXT_GENRES, "genres", 1, 1},
    {BACKUP_TEXT_TREE, "tree", 1, 1},
    {BACKUP_TEXT_PLACES, "places", 1, 1},
    {BACKUP_TEXT_SONG, "song", 8, 8 + 2 * BACKUP_TEXT_ARTISTS},
    {BACKUP_TEXT_ARTIST, "artist", 2, 2},
    {BACKUP_TEXT_PLAYLIST, "playlist", 8, 8},
    {BACKUP_TEXT_ITEM, "item", 3, 3},
    {BACKUP_TEXT_CORRECTION, "label", 4, 4},
    {BACKUP_TEXT_EXCLUSION, "exclude", 3, 3},
    {BACKUP_TEXT_END, "end", 1, 1},
};

void backup_text_open(struct backup_text *b, const char *text, size_t n)
{
    *b = (struct backup_text){.text = text, .n = n};
    buf_init(&b->copy, BACKUP_TEXT_LINE_MAX + 16);
}

void backup_text_close(struct backup_text *b)
{
    buf_free(&b->copy);
}

static enum err_code wrong(const struct backup_text *b, struct err *e, const char *what)
{
    return err_set(e, ERR_USAGE, "line %lld: %s", (long long)b->line, what);
}

/* --- lines and fields
 * ----------------------------------------------------------------------------- */

/* Copies the next line, without its end, into b->copy. */
static enum err_code line_take(struct backup_text *b, struct err *e)
{
    const char *start = b->text + b->at;
    if (b->at == b->n) {
        return err_set(e, ERR_USAGE, "line %lld: the text ends here without its last line",
                       (long long)b->line);
    }
    b->line++;
    const char *end = memchr(start, '\n', b->n - b->at);
    size_t len = end != NULL ? (size_t)(end - start) : b->n - b->at;
    if (len > BACKUP_TEXT_LINE_MAX) {
        return wrong(b, e, "it is too long");
    }
    if (end == NULL) {
        return wrong(b, e, "the text ends in the middle of it");
    }
    if (memchr(start, '\0', len) != NULL || !text_is_utf8(start, len)) {
        return wrong(b, e, "it is no text in UTF-8");
    }
    if (memchr(start, '\r', len) != NULL) {
        return wrong(b, e, "a carriage return stands in it: lines end with a line feed alone");
    }
    buf_clear(&b->copy);
    buf_add(&b->copy, start, len);
    buf_add_char(&b->copy, '\0');
    b->at += len + 1;
    return ERR_OK;
}

/* In place. False for a backslash before anything else. */
static bool unescape(char *s)
{
    char *out = s;
    for (; *s != '\0'; s++) {
        if (*s != '\\') {
            *out++ = *s;
            continue;
        }
        s++;
        if (*s != 't' && *s != 'n' && *s != 'r' && *s != '\\') {
            return false;
        }
        *out++ = *s == 't' ? '\t' : *s == 'n' ? '\n' : *s == 'r' ? '\r' : '\\';
    }
    *out = '\0';
    return true;
}

static enum err_code fields_cut(struct backup_text *b, struct err *e)
{
    const size_t most = sizeof(b->field) / sizeof(b->field[0]);
    char *at = b->copy.data;
    b->n_fields = 0;
    while (at != NULL) {
        char *tab = strchr(at, '\t');
        if (tab != NULL) {
            *tab++ = '\0';
        }
        if (b->n_fields == most) {
            return wrong(b, e, "it has too many fields");
        }
        if (!unescape(at)) {
            return wrong(b, e, "a backslash stands before something else than t, n, r or \\");
        }
        b->field[b->n_fields++] = at;
        at = tab;
    }
    return ERR_OK;
}

/* --- fields
 * --------------------------------------------------------------------------------------- */

static bool is_word(const char *s, size_t least, size_t most)
{
    size_t n = strlen(s);
    for (const char *c = s; *c != '\0'; c++) {
        if (!isalnum((unsigned char)*c)) {
            return false;
        }
    }
    return n >= least && n <= most;
}

static bool is_id(const char *s)
{
    return is_word(s, 1, ID_MAX);
}

/* The place of the word among the n given; -1: it is none of them. */
static int choice_of(const char *s, const char *const *words, int n)
{
    for (int i = 0; i < n; i++) {
        if (text_equal(s, words[i])) {
            return i;
        }
    }
    return -1;
}

static int yes_of(const char *s)
{
    static const char *const words[] = {"no", "yes"};
    return choice_of(s, words, 2);
}

static enum err_code account_read(struct backup_text *b, struct backup_text_record *r,
                                  struct err *e)
{
    if (b->account) {
        return wrong(b, e, "a backup is of one account");
    }
    r->id = b->field[1];
    r->name = b->field[2];
    b->account = true;
    return *r->id != '\0' ? ERR_OK : wrong(b, e, "the account has no id");
}

static enum err_code song_read(struct backup_text *b, struct backup_text_record *r, struct err *e)
{
    int64_t is_explicit = 0;
    struct library_track *t = &r->song;
    char *const *f = b->field;
    *t = (struct library_track){.sid = f[1],
                                .linked_sid = f[2],
                                .uri = "",
                                .isrc = f[3],
                                .release_date = f[6],
                                .name = f[7],
                                .album = f[8],
                                .artists = b->artists,
                                .playable = true};
    r->id = t->sid;
    if (!is_id(t->sid) || !is_word(t->linked_sid, 0, ID_MAX)) {
        return wrong(b, e, "this is no song's id");
    }
    if (!text_to_int(f[4], 0, INT32_MAX, &t->duration_ms)) {
        return wrong(b, e, "the duration is no number of milliseconds");
    }
    if (!text_to_int(f[5], -1, 1, &is_explicit)) {
        return wrong(b, e, "explicit is 1, 0 or -1");
    }
    t->is_explicit = (int)is_explicit;
    if (b->n_fields % 2 == 0) {
        return wrong(b, e, "an artist is an id and a name");
    }
    for (size_t i = 9; i + 1 < b->n_fields; i += 2) {
        if (!is_word(f[i], 0, ID_MAX)) {
            return wrong(b, e, "this is no artist's id");
        }
        b->artists[t->n_artists++] = (struct library_artist){f[i], f[i + 1]};
    }
    return ERR_OK;
}

static enum err_code playlist_read(struct backup_text *b, struct backup_text_record *r,
                                   struct err *e)
{
    static const char *const states[] = {"active", "gone", "released", "dropped"};
    static const char *const origins[] = {"created", "adopted", "shared"};
    char *const *f = b->field;
    int state = choice_of(f[6], states, 4);
    int origin = choice_of(f[7], origins, 3);
    int removes = yes_of(f[8]);
    r->id = f[1];
    r->genre = f[2];
    r->marker = f[4];
    r->name = f[5];
    if (!is_word(r->id, 0, ID_MAX)) {
        return wrong(b, e, "this is no playlist's id");
    }
    /* The marker is looked for among the person's playlists: an empty one would fit them all. */
    bool marked = is_word(r->marker, MARKER_LEN, MARKER_LEN);
    if (!marked && (*r->marker != '\0' || *r->id == '\0')) {
        return wrong(b, e, "the playlist's marker has 16 letters and digits");
    }
    if (*r->genre == '\0' || !text_to_int(f[3], 1, 1000000, &r->volume)) {
        return wrong(b, e, "a playlist needs a genre and the number of its volume");
    }
    if (state < 0 || origin < 0 || removes < 0) {
        return wrong(b, e,
                     "a playlist is active, gone, released or dropped; created, adopted or shared; "
                     "and yes or no");
    }
    r->state = f[6];
    r->origin = f[7];
    r->may_remove = removes == 1;
    b->playlist = true;
    return ERR_OK;
}

static enum err_code item_read(struct backup_text *b, struct backup_text_record *r, struct err *e)
{
    static const char *const by[] = {"genred", "person", "removed", "kept", "undone"};
    r->id = b->field[1];
    r->by = b->field[2];
    r->p = -1;
    if (!b->playlist) {
        return wrong(b, e, "an item stands before any playlist");
    }
    if (!is_id(r->id) || choice_of(r->by, by, 5) < 0) {
        return wrong(b, e,
                     "an item is a song's id and one of genred, person, removed, "
                     "kept, undone");
    }
    if (*b->field[3] != '\0' && !text_to_num(b->field[3], 0, 1, &r->p)) {
        return wrong(b, e, "a probability lies between 0 and 1");
    }
    return ERR_OK;
}

static enum err_code correction_read(struct backup_text *b, struct backup_text_record *r,
                                     struct err *e)
{
    int is = yes_of(b->field[3]);
    r->id = b->field[1];
    r->genre = b->field[2];
    r->is = is == 1;
    if (!is_id(r->id) || *r->genre == '\0' || is < 0) {
        return wrong(b, e, "a label is a song's id, a genre, and yes or no");
    }
    return text_to_time(b->field[4], &r->made_s) ? ERR_OK
                                                 : wrong(b, e, "its date is no time in UTC");
}

static enum err_code exclusion_read(struct backup_text *b, struct backup_text_record *r,
                                    struct err *e)
{
    static const char *const kinds[] = {"song", "artist"};
    int kind = choice_of(b->field[1], kinds, 2);
    r->id = b->field[2];
    r->artist = kind == 1;
    if (kind < 0 || !is_id(r->id)) {
        return wrong(b, e, "an exclusion is of a song or an artist, by id");
    }
    return text_to_time(b->field[3], &r->made_s) ? ERR_OK
                                                 : wrong(b, e, "its date is no time in UTC");
}

static enum err_code end_read(struct backup_text *b, struct err *e)
{
    int64_t lines = 0;
    if (!text_to_int(b->field[1], 1, INT64_MAX, &lines) || lines != b->line) {
        return wrong(b, e, "the last line tells another number of lines: some are missing");
    }
    if (b->at != b->n) {
        return wrong(b, e, "something follows the last line");
    }
    if (!b->account) {
        return wrong(b, e, "the backup is of no account");
    }
    b->ended = true;
    return ERR_OK;
}

/* --- records
 * -------------------------------------------------------------------------------------- */

static enum err_code record_read(struct backup_text *b, struct backup_text_record *r, struct err *e)
{
    switch (r->kind) {
    case BACKUP_TEXT_ACCOUNT:
        return account_read(b, r, e);
    case BACKUP_TEXT_GENRES:
    case BACKUP_TEXT_TREE:
    case BACKUP_TEXT_PLACES:
        r->name = b->field[1];
        return ERR_OK;
    case BACKUP_TEXT_SONG:
        return song_read(b, r, e);
    case BACKUP_TEXT_ARTIST:
        r->id = b->field[1];
        r->name = b->field[2];
        return is_id(r->id) ? ERR_OK : wrong(b, e, "this is no artist's id");
    case BACKUP_TEXT_PLAYLIST:
        return playlist_read(b, r, e);
    case BACKUP_TEXT_ITEM:
        return item_read(b, r, e);
    case BACKUP_TEXT_CORRECTION:
        return correction_read(b, r, e);
    case BACKUP_TEXT_EXCLUSION:
        return exclusion_read(b, r, e);
    case BACKUP_TEXT_END:
        return end_read(b, e);
    }
    return wrong(b, e, "this is no record");
}

static enum err_code head_read(struct backup_text *b, struct err *e)
{
    static const char word[] = "genred-backup ";
    int64_t version = 0;
    enum err_code code = line_take(b, e);
    if (code != ERR_OK) {
        return code;
    }
    const char *line = buf_str(&b->copy);
    if (!text_starts_with(line, word) ||
        !text_to_int(line + strlen(word), 1, INT64_MAX, &version)) {
        return wrong(b, e, "this is no backup of genred's");
    }
    b->begun = true;
    if (version <= BACKUP_TEXT_VERSION) {
        return ERR_OK;
    }
    return err_set(e, ERR_USAGE, "line 1: the backup is of a newer genred (format %lld, known %d)",
                   (long long)version, BACKUP_TEXT_VERSION);
}

enum err_code backup_text_next(struct backup_text *b, struct backup_text_record *ret, struct err *e)
{
    struct backup_text_record r = {.p = -1};
    enum err_code code = b->begun ? ERR_OK : head_read(b, e);
    do {
        if (code == ERR_OK) {
            code = line_take(b, e);
        }
    } while (code == ERR_OK && b->copy.data[0] == '#');
    if (code == ERR_OK) {
        code = fields_cut(b, e);
    }
    if (code != ERR_OK) {
        return code;
    }
    size_t i = 0;
    const size_t n = sizeof(shapes) / sizeof(shapes[0]);
    while (i < n && !text_equal(shapes[i].word, b->field[0])) {
        i++;
    }
    if (i == n) {
        return wrong(b, e, "it begins with no word that is known");
    }
    if (b->n_fields - 1 < shapes[i].least || b->n_fields - 1 > shapes[i].most) {
        return err_set(e, ERR_USAGE, "line %lld: '%s' has %zu fields", (long long)b->line,
                       shapes[i].word, b->n_fields - 1);
    }
    r.kind = shapes[i].kind;
    r.line = b->line;
    if (!b->account && r.kind != BACKUP_TEXT_ACCOUNT) {
        return wrong(b, e, "the account must be told first");
    }
    code = record_read(b, &r, e);
    if (code == ERR_OK) {
        *ret = r;
    }
    return code;
}

/* --- writing
 * -------------------------------------------------------------------------------------- */

void backup_text_add(struct buf *b, const char *field)
{
    buf_add_char(b, '\t');
    while (field != NULL && *field != '\0') {
        size_t n = strcspn(field, "\t\n\r\\");
        buf_add(b, field, n);
        field += n;
        if (*field != '\0') {
            buf_add_char(b, '\\');
            buf_add_char(b, *field == '\t'   ? 't'
                            : *field == '\n' ? 'n'
                            : *field == '\r' ? 'r'
                                             : '\\');
            field++;
        }
    }
}

void backup_text_add_int(struct buf *b, int64_t field)
{
    buf_printf(b, "\t%lld", (long long)field);
}

void backup_text_add_time(struct buf *b, int64_t utc_s)
{
    char at[24];
    text_time(utc_s, at, sizeof(at));
    buf_printf(b, "\t%s", at);
}
