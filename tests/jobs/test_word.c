/* The person's word is last: random histories of likes, edits, runs, kills, lost answers and edits
 * in mid-run, against a plain model of what the person expects. $GENRED_HISTORIES: how many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rand.h"
#include "store/journal.h"
#include "tests/jobs/bench.h"

#define LIKES     40
#define SONGS     80 /* likes, and songs that may be */
#define LISTS     2
#define STEPS     24
#define HISTORIES 150

/* What the person knows of one playlist. */
struct expected {
    int theirs[SONGS + 1];     /* copies that they put in */
    bool out[SONGS + 1];       /* they took it out */
    bool unseen[SONGS + 1];    /* they put it in, and no run has been since */
    bool stood[SONGS + 1];     /* genred had it in at the end of the last run */
    int order[FAKE_SONGS * 2]; /* the list then */
    size_t n;
};

struct person {
    struct expected list[LISTS];
};

static struct bench *b;
static struct rand_seq r;
static struct person person;
static int edit_at; /* exchange of the run at which the person edits; 0: none */
static bool edited; /* since the last run that wrote */
static int history; /* its number */

static const char *const names[LISTS] = {"rock (genred)", "jazz (genred)"};

static struct fake_playlist *list_of(int which)
{
    return fake_server_playlist(&b->server, names[which]);
}

static int song_at(const struct fake_playlist *p, size_t i)
{
    return (int)strtol(p->items[i], NULL, 10);
}

static int copies(const struct fake_playlist *p, int song)
{
    int n = 0;
    for (size_t i = 0; i < p->n; i++)
        n += song_at(p, i) == song;
    return n;
}

static bool is_liked(int song)
{
    for (size_t i = 0; i < b->server.n_likes; i++) {
        if (b->server.likes[i] == song)
            return true;
    }
    return false;
}

/* --- what the person does --- */

static void like(void)
{
    struct fake_server *f = &b->server;
    int song = 1 + (int)rand_below(&r, SONGS);
    if (is_liked(song))
        return;
    memmove(&f->likes[1], &f->likes[0], f->n_likes * sizeof(f->likes[0]));
    f->likes[0] = song;
    f->n_likes++;
}

static void unlike(void)
{
    struct fake_server *f = &b->server;
    size_t at = rand_below(&r, f->n_likes);
    for (int which = 0; which < LISTS; which++)
        person.list[which].stood[f->likes[at]] = false; /* a reason to go, also if liked again */
    f->n_likes--;
    memmove(&f->likes[at], &f->likes[at + 1], (f->n_likes - at) * sizeof(f->likes[0]));
}

static void put_in(struct fake_playlist *p, struct expected *x, int song)
{
    size_t at = rand_below(&r, p->n + 1);
    memmove(p->items[at + 1], p->items[at], (p->n - at) * sizeof(p->items[0]));
    fake_server_song_id(song, p->items[at]);
    p->n++;
    p->version++;
    x->theirs[song] = copies(p, song); /* a second copy makes both theirs */
    x->out[song] = false;
    x->unseen[song] = true;
}

static void take_out(struct fake_playlist *p, struct expected *x)
{
    if (p->n == 0)
        return;
    size_t at = rand_below(&r, p->n);
    int song = song_at(p, at);
    p->n--;
    memmove(p->items[at], p->items[at + 1], (p->n - at) * sizeof(p->items[0]));
    p->version++;
    bool known = x->theirs[song] > 0;
    x->theirs[song] = known ? copies(p, song) : 0;
    /* Of what genred does not know yet to be there, it cannot see the end. */
    x->out[song] = copies(p, song) == 0 && !x->unseen[song] && (x->stood[song] || known);
}

static void move(struct fake_playlist *p)
{
    char item[FAKE_ID];
    if (p->n < 2)
        return;
    size_t from = rand_below(&r, p->n);
    memcpy(item, p->items[from], FAKE_ID);
    p->n--;
    memmove(p->items[from], p->items[from + 1], (p->n - from) * sizeof(p->items[0]));
    size_t to = rand_below(&r, p->n + 1);
    memmove(p->items[to + 1], p->items[to], (p->n - to) * sizeof(p->items[0]));
    memcpy(p->items[to], item, FAKE_ID);
    p->n++;
    p->version++;
}

static void edit(void)
{
    int which = (int)rand_below(&r, LISTS);
    struct fake_playlist *p = list_of(which);
    struct expected *x = &person.list[which];
    int song = 1 + (int)rand_below(&r, SONGS);
    if (!p)
        return;
    edited = true;
    switch (rand_below(&r, 5)) {
    case 0:
    case 1:
        take_out(p, x);
        break;
    case 2:
        if (copies(p, song) == 0)
            put_in(p, x, song);
        break;
    case 3:
        /* a second copy of what genred put in a moment ago may mean either */
        if (copies(p, song) == 1 && (!edit_at || x->stood[song]))
            put_in(p, x, song);
        break;
    default:
        move(p);
    }
}

/* Puts in what genred is about to put in. */
static void forestall(void)
{
    int song = b->server.likes[0];
    struct fake_playlist *p = list_of(song % 2);
    struct expected *x = &person.list[song % 2];
    if (p && copies(p, song) == 0 && !x->out[song])
        put_in(p, x, song);
}

static void edit_in_mid_run(struct fake_server *f, int exchange)
{
    (void)f;
    if (exchange != edit_at)
        return;
    if (rand_below(&r, 2))
        forestall();
    else
        edit();
}

/* --- what they expect --- */

/* At any time: nothing of theirs is lost, nothing that they took out is back. */
static void check_always(void)
{
    for (int which = 0; which < LISTS; which++) {
        const struct fake_playlist *p = list_of(which);
        for (int song = 1; p && song <= SONGS; song++) {
            const struct expected *x = &person.list[which];
            if (x->theirs[song])
                assert_int_equal(copies(p, song), x->theirs[song]);
            if (x->out[song])
                assert_int_equal(copies(p, song), 0);
        }
    }
}

/* After a run: nothing doubled, nothing that is not liked, nothing gone without a reason, and what
 * was there in the same order. */
static void check_settled(bool in_order)
{
    check_always();
    for (int which = 0; which < LISTS; which++) {
        struct fake_playlist *p = list_of(which);
        struct expected *x = &person.list[which];
        size_t at = 0;
        if (!p)
            continue;
        for (int song = 1; song <= SONGS; song++) {
            if (x->theirs[song])
                continue;
            assert_true(copies(p, song) <= 1);
            assert_true(copies(p, song) == 0 || is_liked(song));
            assert_true(copies(p, song) == 1 || !x->stood[song] || !is_liked(song) || x->out[song]);
            x->stood[song] = copies(p, song) == 1;
        }
        memset(x->unseen, 0, sizeof(x->unseen));
        for (size_t i = 0; in_order && i < x->n; i++) {
            if (copies(p, x->order[i]) != 1)
                continue;
            size_t now = 0;
            while (song_at(p, now) != x->order[i])
                now++;
            assert_true(now >= at);
            at = now;
        }
        for (x->n = 0; x->n < p->n; x->n++)
            x->order[x->n] = song_at(p, x->n);
    }
}

static void remember_order(void)
{
    for (int which = 0; which < LISTS; which++) {
        const struct fake_playlist *p = list_of(which);
        struct expected *x = &person.list[which];
        for (x->n = 0; p && x->n < p->n; x->n++)
            x->order[x->n] = song_at(p, x->n);
    }
}

/* --- what genred does --- */

static enum err_code run(struct job *j)
{
    b->drive.deferred = rand_below(&r, 2);
    b->drive.window = 1 + rand_below(&r, 6);
    return bench_drive(b, j);
}

static void sort_well(bool in_order)
{
    assert_int_equal(run(bench_sort(b, false)), ERR_OK);
    check_settled(in_order);
}

static void sort_with_a_failure(void)
{
    b->drive.fail_at = 1 + (int)rand_below(&r, 12);
    b->drive.failure = (enum fake_failure)(1 + rand_below(&r, 4));
    enum err_code code = run(bench_sort(b, false));
    assert_true(code == ERR_OK || code == ERR_CANCELLED);
    b->drive.fail_at = 0;
    bench_reopen(b);
    check_always();
}

static void sort_with_an_edit(void)
{
    like();
    edit_at = 1 + (int)rand_below(&r, 6);
    b->drive.before_take = edit_in_mid_run;
    assert_int_equal(run(bench_sort(b, false)), ERR_OK);
    b->drive.before_take = NULL;
    edit_at = 0;
    /* A new order under genred's own write is not seen until the playlist changes again. */
    for (int which = 0; which < LISTS; which++) {
        if (list_of(which))
            list_of(which)->version++;
    }
    check_always();
    remember_order();
    sort_well(true);
}

static void copy_lists(struct fake_playlist *out)
{
    for (int which = 0; which < LISTS; which++) {
        if (list_of(which))
            out[which] = *list_of(which);
    }
}

static void assert_same_lists(const struct fake_playlist *was)
{
    for (int which = 0; which < LISTS; which++) {
        const struct fake_playlist *p = list_of(which);
        if (!p)
            continue;
        assert_int_equal(p->n, was[which].n);
        assert_memory_equal(p->items, was[which].items, p->n * sizeof(p->items[0]));
    }
}

/* What an undo took out stays out, what it put back is theirs. */
static void learn_of_undo(const struct fake_playlist *before)
{
    for (int which = 0; which < LISTS; which++) {
        const struct fake_playlist *p = list_of(which);
        struct expected *x = &person.list[which];
        for (int song = 1; p && song <= SONGS; song++) {
            int were = copies(&before[which], song);
            if (were && !copies(p, song)) {
                x->out[song] = true;
                x->stood[song] = false;
            } else if (!were && copies(p, song))
                x->theirs[song] = 1;
        }
    }
}

/* A sort that writes, its undo, and, half of the time, the undo of that. */
static void sort_and_undo(void)
{
    static struct fake_playlist before[LISTS];
    static struct fake_playlist after[LISTS];
    static struct person then;
    struct err e = {0};
    int64_t newest = 0;
    sort_well(true);
    like();
    unlike();
    copy_lists(before);
    sort_well(true);
    assert_int_equal(store_journal_newest(b->store, b->account, &newest, &e), ERR_OK);
    if (newest != b->run)
        return;
    copy_lists(after);
    then = person;
    edited = false;
    if (rand_below(&r, 3) == 0)
        edit();
    learn_of_undo(after);
    assert_int_equal(run(bench_undo(b, newest)), ERR_OK);
    if (!edited)
        assert_same_lists(before);
    check_always();
    if (!edited && rand_below(&r, 2)) {
        assert_int_equal(run(bench_undo(b, b->run)), ERR_OK);
        assert_same_lists(after);
        person = then;
    } else if (!edited)
        learn_of_undo(after);
    else { /* which of both took a song out is not told apart */
        for (int which = 0; which < LISTS; which++)
            memset(person.list[which].stood, 0, sizeof(person.list[which].stood));
        learn_of_undo(after);
    }
    remember_order();
}

static void step(void)
{
    switch (rand_below(&r, 12)) {
    case 0:
    case 1:
        like();
        break;
    case 2:
        if (b->server.n_likes > LIKES / 2)
            unlike();
        break;
    case 3:
    case 4:
    case 5:
        edit();
        remember_order();
        break;
    case 6:
        sort_with_a_failure();
        break;
    case 7:
        sort_with_an_edit();
        break;
    case 8:
        sort_and_undo();
        break;
    default:
        sort_well(true);
    }
}

static void test_random_histories(void **state)
{
    const char *wanted = getenv("GENRED_HISTORIES");
    const char *only = getenv("GENRED_HISTORY");
    int n = wanted ? (int)strtol(wanted, NULL, 10) : HISTORIES;
    b = *state;
    for (int i = 1; i <= n; i++) {
        if (only && i != (int)strtol(only, NULL, 10))
            continue;
        history = i;
        r = (struct rand_seq){(uint64_t)i};
        memset(&person, 0, sizeof(person));
        bench_begin_anew(b);
        for (int k = 0; k < STEPS; k++)
            step();
        sort_well(false);
        sort_well(true);
        b->server.writes = 0;
        sort_well(true); /* nothing changed, so nothing is written */
        assert_int_equal(b->server.writes, 0);
    }
}

static int set_up(void **state)
{
    *state = bench_new(LIKES);
    return 0;
}

static int tear_down(void **state)
{
    print_message("ended with history %d\n", history);
    bench_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_random_histories, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
