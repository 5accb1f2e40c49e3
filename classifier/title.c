#include "classifier/title.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "classifier/artist.h"
#include "classifier/word.h"

#define TITLE_MAX 512

/* Words of editions; a phrase must be there as a whole. */
static const char *const editions[] = {
    "remaster",     "remastered",       "remasterisé", "remasterizado", "mono",
    "stereo",       "explicit",         "deluxe",      "bonus track",   "album version",
    "album edit",   "single version",   "single edit", "radio edit",    "radio version",
    "original mix", "original version",
};

/* Words of other recordings of the same work. */
static const char *const recordings[] = {
    "live",     "remix",      "acoustic",   "demo",      "instrumental", "unplugged",  "session",
    "sessions", "karaoke",    "cover",      "dub",       "rework",       "rerecorded", "concert",
    "reprise",  "a cappella", "orchestral", "alternate", "alternative",  "outtake",    "take",
};

static const char *const guests[] = {"feat", "ft", "featuring"};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Whether `phrase` stands in text[0..n) between characters that are no ASCII letters or digits. */
static bool phrase_in(const char *text, size_t n, const char *phrase)
{
    const size_t len = strlen(phrase);
    for (size_t i = 0; i + len <= n; i++) {
        bool begins = i == 0 || !strchr("abcdefghijklmnopqrstuvwxyz0123456789", text[i - 1]);
        bool ends = i + len == n || !strchr("abcdefghijklmnopqrstuvwxyz0123456789", text[i + len]);
        if (begins && ends && memcmp(text + i, phrase, len) == 0) {
            return true;
        }
    }
    return false;
}

static bool any_in(const char *text, size_t n, const char *const *phrases, size_t phrases_n)
{
    for (size_t i = 0; i < phrases_n; i++) {
        if (phrase_in(text, n, phrases[i])) {
            return true;
        }
    }
    return false;
}

static bool is_edition(const char *text, size_t n)
{
    return any_in(text, n, editions, COUNT(editions)) &&
           !any_in(text, n, recordings, COUNT(recordings));
}

/* Whether text[0..n) begins with "feat." and the like. */
static bool is_guest(const char *text, size_t n)
{
    for (size_t i = 0; i < COUNT(guests); i++) {
        size_t len = strlen(guests[i]);
        if (n > len && memcmp(text, guests[i], len) == 0 && strchr(". ", text[len])) {
            return true;
        }
    }
    return false;
}

/* Takes s[from..to) out. */
static void cut(char *s, size_t from, size_t to)
{
    memmove(s + from, s + to, strlen(s + to) + 1);
}

/* Takes out bracketed editions and guests. `with` names guests only where the title writes it
 * small: "(With You)" is a part of one. */
static void brackets_cut(char *s, const char *name)
{
    bool small_with = strstr(name, "(with ") || strstr(name, "[with ");
    for (char *open = s; (open = strpbrk(open, "(["));) {
        char *end = strchr(open, *open == '(' ? ')' : ']');
        if (!end) {
            return;
        }
        const char *inside = open + 1;
        size_t n = (size_t)(end - inside);
        bool with = small_with && text_starts_with(inside, "with ");
        if (with || is_guest(inside, n) || is_edition(inside, n)) {
            cut(s, (size_t)(open - s), (size_t)(end + 1 - s));
        } else {
            open = end;
        }
    }
}

/* Cuts " - edition" off the end, as often as there is one. */
static void dashes_cut(char *s)
{
    for (;;) {
        char *dash = NULL;
        for (char *p = s; (p = strstr(p, " - ")); p++) {
            dash = p;
        }
        if (!dash ||
            !(is_edition(dash + 3, strlen(dash + 3)) || is_guest(dash + 3, strlen(dash + 3)))) {
            return;
        }
        *dash = '\0';
    }
}

/* Cuts " feat. X" without brackets, up to the next dash or bracket. */
static void guests_cut(char *s)
{
    for (char *p = s; (p = strchr(p, ' ')); p++) {
        if (is_guest(p + 1, strlen(p + 1))) {
            const char *dash = strstr(p, " - ");
            size_t to = dash ? (size_t)(dash - s) : (size_t)(p - s) + strcspn(p, "([");
            cut(s, (size_t)(p - s) + 1, to);
            return;
        }
    }
}

/* Joins blanks and cuts them off the ends. */
static void blanks_join(char *s)
{
    char *out = s;
    for (const char *p = s; *p; p++) {
        if (*p != ' ' || (out > s && out[-1] != ' ')) {
            *out++ = *p;
        }
    }
    out -= out > s && out[-1] == ' ';
    *out = '\0';
}

size_t title_plain(const char *name, char *out, size_t out_size)
{
    char lower[TITLE_MAX], plain[TITLE_MAX];
    word_lower(name, lower, sizeof(lower));
    text_copy(plain, sizeof(plain), lower);
    brackets_cut(plain, name);
    dashes_cut(plain);
    guests_cut(plain);
    blanks_join(plain);
    text_copy(out, out_size, *plain ? plain : lower);
    return strlen(out);
}

uint64_t title_key(const char *name, const char *artists)
{
    char plain[512];
    size_t n = title_plain(name, plain, sizeof(plain));
    uint64_t hash = text_hash(plain, n, artist_key(artists));
    return hash ? hash : 1;
}
