/* Sources asked over two months of daily likes, with the services as functions and an injected
 * clock: everything is asked about once, and again only when its time has come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/url.h"
#include "classifier/source/lastfm.h"
#include "classifier/source/musicbrainz.h"
#include "classifier/source/reccobeats.h"
#include "daemon/jobs/inquire.h"
#include "store/account.h"
#include "store/fact.h"
#include "store/inquiry.h"
#include "store/liked.h"
#include "store/sql.h"
#include "tests/jobs/fake_server.h"

#define DAY_MS    ((int64_t)86400000)
#define SONGS_MAX 4000

/* What was asked about one song or artist at one kind of query. */
struct asked {
    int times;
    int64_t last_ms;
};

struct bench {
    char path[64];
    struct store *store;
    int64_t account;
    int64_t now_ms;
    struct clock_source clock;
    int songs;
    int requests;
    int garbled_each; /* every so many answers are no answers; 0: none */
    int too_long;     /* more items than this are refused with 414; 0: never */
    int largest;      /* items in one request */
    struct asked statistics[SONGS_MAX];
    struct asked links[SONGS_MAX];
    struct asked tags[SONGS_MAX];
    struct asked isrc[SONGS_MAX];
    struct asked names[SONGS_MAX];
    struct asked songs_checked[SONGS_MAX];
};

static int64_t now_of(void *ctx)
{
    return ((struct bench *)ctx)->now_ms;
}

static int set_up(void **state)
{
    static const char *const order[] = {"reccobeats", "musicbrainz", "lastfm"};
    struct bench *b = calloc(1, sizeof(*b));
    struct err e = {0};
    snprintf(b->path, sizeof(b->path), "/tmp/genred-inquire-%d.db", (int)getpid());
    assert_int_equal(store_open(b->path, &b->store, &e), ERR_OK);
    assert_int_equal(store_account_put(b->store, "key", "user", "User", &b->account, &e), ERR_OK);
    assert_int_equal(store_fact_order(b->store, order, 3, &e), ERR_OK);
    b->now_ms = INT64_C(1800000000000);
    b->clock = (struct clock_source){now_of, now_of, b};
    clock_set(&b->clock);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    struct bench *b = *state;
    clock_set(NULL);
    store_close(b->store);
    for (size_t i = 0; i < 3; i++) {
        char path[80];
        snprintf(path, sizeof(path), "%s%s", b->path, endings[i]);
        unlink(path);
    }
    free(b);
    return 0;
}

/* --- the person
 * ------------------------------------------------------------------------------------- */

/* Song i is by artist i / 3; artists' and songs' numbers stand at the end of their ids. */
static void like(struct bench *b, int n)
{
    struct err e = {0};
    for (int k = 0; k < n; k++, b->songs++) {
        char sid[32];
        char name[32];
        char isrc[16];
        char artist_sid[32];
        char artist_name[32];
        snprintf(sid, sizeof(sid), "song%018d", b->songs);
        snprintf(name, sizeof(name), "Title %d", b->songs);
        snprintf(isrc, sizeof(isrc), "XX0%09d", b->songs);
        snprintf(artist_sid, sizeof(artist_sid), "arti%018d", b->songs / 3);
        snprintf(artist_name, sizeof(artist_name), "Artist %d", b->songs / 3);
        const struct library_artist artist = {artist_sid, artist_name};
        const struct library_entry entry = {.kind = LIBRARY_TRACK,
                                            .track = {.sid = sid,
                                                      .linked_sid = "",
                                                      .uri = sid,
                                                      .name = name,
                                                      .album = "",
                                                      .release_date = "",
                                                      .isrc = isrc,
                                                      .artists = &artist,
                                                      .n_artists = 1,
                                                      .playable = true}};
        const struct library_page page = {.entries = &entry, .n = 1, .total = 1};
        assert_true(b->songs < SONGS_MAX);
        assert_int_equal(store_liked_page(b->store, b->account, 1, b->songs, &page, &e), ERR_OK);
    }
}

/* --- the services
 * ----------------------------------------------------------------------------------- */

enum found { LINKED, BY_ISRC, BY_NAME, NOWHERE };

static enum found found_by(int artist)
{
    static const enum found way[] = {LINKED,  LINKED, LINKED,  LINKED,  LINKED,
                                     BY_ISRC, LINKED, BY_NAME, NOWHERE, LINKED};
    return way[artist % 10];
}

static bool has_tags(int artist)
{
    return artist % 7 != 0;
}

static bool has_statistics(int song)
{
    return song % 6 != 0;
}

static void note(struct bench *b, struct asked *a)
{
    a->times++;
    a->last_ms = b->now_ms;
}

static int number_at_end(const char *text)
{
    return atoi(text + strlen(text) - 9);
}

static void mbid_of(int artist, char out[40])
{
    snprintf(out, 40, "00000000-0000-4000-8000-000%09d", artist);
}

static struct json *artist_json(int artist)
{
    char text[40];
    struct json *j = json_object();
    mbid_of(artist, text);
    json_set_str(j, "id", text);
    snprintf(text, sizeof(text), "Artist %d", artist);
    json_set_str(j, "name", text);
    json_set_int(j, "score", 100);
    return j;
}

static struct json *statistics(struct bench *b, const struct http_req *req, int *ret_n)
{
    char ids[2048];
    char *rest = ids;
    struct json *j = json_object();
    struct json *content = json_array();
    assert_true(url_query_get(req->url, "ids", ids, sizeof(ids)));
    for (char *id = strsep(&rest, ","); id; id = strsep(&rest, ",")) {
        char href[80];
        int song = number_at_end(id);
        struct json *row = json_object();
        ++*ret_n;
        note(b, &b->statistics[song]);
        snprintf(href, sizeof(href), "https://open.spotify.com/track/%s", id);
        json_set_str(row, "href", href);
        json_set_num(row, "energy", 0.5);
        json_set_null(row, "valence");
        if (has_statistics(song))
            json_add(content, row);
        else
            json_free(row);
    }
    json_set(j, "content", content);
    return j;
}

static struct json *links(struct bench *b, const struct http_req *req, int *ret_n)
{
    static const char prefix[] = "resource=https%3A%2F%2Fopen.spotify.com%2Fartist%2F";
    struct json *j = json_object();
    struct json *urls = json_array();
    for (const char *at = strstr(req->url, prefix); at; at = strstr(at + 1, prefix)) {
        char address[80];
        char id[23];
        snprintf(id, sizeof(id), "%.22s", at + sizeof(prefix) - 1);
        int artist = number_at_end(id);
        ++*ret_n;
        note(b, &b->links[artist]);
        if (found_by(artist) != LINKED)
            continue;
        struct json *url = json_object();
        struct json *relations = json_array();
        struct json *relation = json_object();
        snprintf(address, sizeof(address), "https://open.spotify.com/artist/%s", id);
        json_set_str(url, "resource", address);
        json_set(relation, "artist", artist_json(artist));
        json_add(relations, relation);
        json_set(url, "relations", relations);
        json_add(urls, url);
    }
    json_set(j, "urls", urls);
    return j;
}

static struct json *tags(struct bench *b, const char *query, int *ret_n)
{
    struct json *j = json_object();
    struct json *artists = json_array();
    for (const char *at = strstr(query, "arid:"); at; at = strstr(at + 1, "arid:")) {
        char mbid[37];
        snprintf(mbid, sizeof(mbid), "%.36s", at + 5);
        int artist = number_at_end(mbid);
        struct json *hit = artist_json(artist);
        struct json *list = json_array();
        ++*ret_n;
        note(b, &b->tags[artist]);
        if (has_tags(artist)) {
            struct json *tag = json_object();
            json_set_str(tag, "name", "rock");
            json_set_int(tag, "count", 3);
            json_add(list, tag);
        }
        json_set(hit, "tags", list);
        json_add(artists, hit);
    }
    json_set(j, "artists", artists);
    return j;
}

static struct json *recordings(struct bench *b, const struct http_req *req)
{
    const char *isrc = strstr(req->url, "/isrc/") + strlen("/isrc/");
    char code[13];
    snprintf(code, sizeof(code), "%.12s", isrc);
    int artist = number_at_end(code) / 3;
    struct json *j = json_object();
    struct json *list = json_array();
    note(b, &b->isrc[artist]);
    if (found_by(artist) == BY_ISRC) {
        struct json *recording = json_object();
        struct json *credits = json_array();
        struct json *credit = json_object();
        json_set(credit, "artist", artist_json(artist));
        json_add(credits, credit);
        json_set(recording, "artist-credit", credits);
        json_add(list, recording);
    }
    json_set(j, "recordings", list);
    return j;
}

static struct json *namesakes(struct bench *b, const char *query)
{
    int artist = atoi(strrchr(query, ' ') + 1);
    struct json *j = json_object();
    struct json *list = json_array();
    note(b, &b->names[artist]);
    if (found_by(artist) == BY_NAME)
        json_add(list, artist_json(artist));
    json_set(j, "artists", list);
    return j;
}

static struct json *checked(struct bench *b, const char *query)
{
    char mbid[37];
    struct json *j = json_object();
    snprintf(mbid, sizeof(mbid), "%.36s", strstr(query, "arid:") + 5);
    note(b, &b->songs_checked[number_at_end(mbid)]);
    json_set_int(j, "count", 1);
    return j;
}

static struct json *answer_json(struct bench *b, const struct http_req *req, int *ret_n)
{
    char query[8192] = "";
    url_query_get(req->url, "query", query, sizeof(query));
    if (strstr(req->url, "/v1/audio-features?"))
        return statistics(b, req, ret_n);
    if (strstr(req->url, "/url?"))
        return links(b, req, ret_n);
    *ret_n = 1;
    if (strstr(req->url, "/isrc/"))
        return recordings(b, req);
    if (strstr(req->url, "/recording?"))
        return checked(b, query);
    if (strstr(query, "artist:"))
        return namesakes(b, query);
    *ret_n = 0;
    return tags(b, query, ret_n);
}

static int items_in(const struct http_req *req)
{
    int n = 0;
    for (const char *at = strstr(req->url, "resource="); at; at = strstr(at + 1, "resource="))
        n++;
    return n;
}

static void answer(void *ctx, const struct http_req *req, struct http_res *res)
{
    struct bench *b = ctx;
    int n = 0;
    *res = (struct http_res){.result = HTTP_RESULT_REPLY, .status = 200, .retry_after_s = -1};
    b->requests++;
    if (b->too_long && items_in(req) > b->too_long) {
        res->status = 414;
        return;
    }
    if (b->garbled_each && b->requests % b->garbled_each == 0) {
        buf_add_str(&res->body, "[]");
        return;
    }
    struct json *j = answer_json(b, req, &n);
    json_print(j, false, &res->body);
    json_free(j);
    b->largest = n > b->largest ? n : b->largest;
}

/* --- asking
 * ----------------------------------------------------------------------------------------- */

static enum err_code inquire(struct bench *b, const struct source *source)
{
    struct err e = {0};
    struct fake_drive d = {.window = source->window, .answer = answer, .ctx = b};
    const struct inquire_env env = {
        .store = b->store, .source = source, .place = {"http://127.0.0.1", "key"}};
    return fake_drive(&d, inquire_new(&env), &e);
}

static int most(const struct asked *a, int n)
{
    int times = 0;
    for (int i = 0; i < n; i++)
        times = a[i].times > times ? a[i].times : times;
    return times;
}

static void assert_asked(const struct bench *b, int days)
{
    int refreshes = 1 + (days - 1) / 30;
    for (int i = 0; i < b->songs; i++) {
        bool old = i < 21; /* liked on the first days */
        if (has_statistics(i))
            assert_int_equal(b->statistics[i].times, 1);
        else
            assert_in_range(b->statistics[i].times, old ? refreshes : 1, refreshes);
    }
    for (int i = 0; i < b->songs / 3; i++) {
        bool known = found_by(i) != NOWHERE && has_tags(i);
        if (known) {
            assert_int_equal(b->links[i].times, 1);
            assert_int_equal(b->tags[i].times, 1);
        } else {
            assert_in_range(b->links[i].times, i < 7 ? refreshes : 1, refreshes);
        }
    }
}

static void test_two_months_of_daily_likes(void **state)
{
    struct bench *b = *state;
    const int days = 65;
    for (int day = 0; day < days; day++) {
        like(b, day == 0 ? 900 : 21);
        for (int sync = 0; sync < 4; sync++, b->now_ms += DAY_MS / 4) {
            assert_int_equal(inquire(b, &source_reccobeats), ERR_OK);
            assert_int_equal(inquire(b, &source_musicbrainz), ERR_OK);
            int before = b->requests;
            assert_int_equal(inquire(b, &source_reccobeats), ERR_OK);
            assert_int_equal(inquire(b, &source_musicbrainz), ERR_OK);
            assert_int_equal(b->requests, before);
        }
    }
    assert_asked(b, days);
    assert_int_equal(b->largest, 100);
}

static void test_what_each_artist_takes(void **state)
{
    struct bench *b = *state;
    like(b, 900);
    assert_int_equal(inquire(b, &source_musicbrainz), ERR_OK);
    for (int i = 0; i < 300; i++) {
        enum found way = found_by(i);
        assert_int_equal(b->links[i].times, 1);
        assert_int_equal(b->isrc[i].times, way != LINKED);
        assert_int_equal(b->names[i].times, way == BY_NAME || way == NOWHERE);
        assert_int_equal(b->songs_checked[i].times, way == BY_NAME);
        assert_int_equal(b->tags[i].times, way != NOWHERE);
    }
    struct store_coverage c;
    struct err e = {0};
    assert_int_equal(
        store_inquiry_coverage(b->store, "musicbrainz", STORE_ARTISTS, clock_utc_s(), &c, &e),
        ERR_OK);
    assert_int_equal(c.all, 300);
    assert_int_equal(c.settled, c.all);
    /* 3 calls for links, 3 for tags of the linked, 1 to 4 for tags of the others. */
    assert_in_range(b->requests, 3 + 3 + 90 + 60 + 30 + 1, 3 + 3 + 90 + 60 + 30 + 4);
}

static void test_garbled_answers_lose_nothing(void **state)
{
    struct bench *b = *state;
    int failures = 0;
    like(b, 300);
    b->garbled_each = 3;
    for (int i = 0; i < 200; i++) {
        failures += inquire(b, &source_reccobeats) != ERR_OK;
        failures += inquire(b, &source_musicbrainz) != ERR_OK;
    }
    assert_true(failures > 2);
    assert_int_equal(most(b->statistics, 300), 1);
    assert_int_equal(most(b->links, 100), 1);
    int64_t calls = -1;
    struct err e = {0};
    assert_int_equal(inquire_calls(b->store, &source_musicbrainz, &calls, &e), ERR_OK);
    assert_int_equal(calls, 0);
}

static void test_a_request_that_is_too_long_is_cut(void **state)
{
    struct bench *b = *state;
    like(b, 900);
    b->too_long = 30;
    assert_int_equal(inquire(b, &source_musicbrainz), ERR_OK);
    assert_int_equal(most(b->links, 300), 1);
    for (int i = 0; i < 300; i++)
        assert_int_equal(b->links[i].times, 1);
}

static void test_an_end_at_every_request(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    like(b, 60);
    for (int at = 1; at < 40; at++) {
        struct fake_drive d = {.window = 1,
                               .answer = answer,
                               .ctx = b,
                               .fail_at = 1 + at % 3,
                               .failure = at % 2 ? FAKE_STOP_BEFORE : FAKE_STOP_AFTER};
        const struct inquire_env env = {
            .store = b->store, .source = &source_musicbrainz, .place = {"http://127.0.0.1", ""}};
        fake_drive(&d, inquire_new(&env), &e);
    }
    assert_int_equal(inquire(b, &source_musicbrainz), ERR_OK);
    int64_t calls = -1;
    assert_int_equal(inquire_calls(b->store, &source_musicbrainz, &calls, &e), ERR_OK);
    assert_int_equal(calls, 0);
    for (int i = 0; i < 20; i++) {
        int64_t known = 0;
        char sid[32];
        snprintf(sid, sizeof(sid), "arti%018d", i);
        assert_int_equal(sql_int(b->store, &known, 0, &e,
                                 "SELECT tag.tags = 'rock' FROM tag JOIN artist ar"
                                 " ON ar.id = tag.artist WHERE ar.sid = ?",
                                 "s", sid),
                         ERR_OK);
        assert_int_equal(known, found_by(i) != NOWHERE && has_tags(i));
    }
}

/* More than a flush of look-ups, with two artists on every song. */
static void test_an_isrc_is_asked_once_for_all_its_artists(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    like(b, 900);
    /* Artists 5, 15, ... are on the songs of 8, 18, ...; none of them is linked. */
    for (int i = 0; i < 300; i++) {
        assert_int_equal(sql_run(b->store, &e,
                                 "INSERT INTO track_artist(track, place, artist)"
                                 " SELECT ta.track, 1, ar.id FROM artist ar JOIN track_artist ta"
                                 " JOIN artist other ON other.id = ta.artist"
                                 " WHERE ar.sid = printf('arti%018d', ?1) AND"
                                 " other.sid = printf('arti%018d', ?1 + 3) AND ?1 % 10 = 5",
                                 "i", (int64_t)i),
                         ERR_OK);
    }
    assert_int_equal(inquire(b, &source_musicbrainz), ERR_OK);
    assert_int_equal(most(b->links, 300), 1);
    assert_int_equal(most(b->isrc, 300), 1);
    assert_int_equal(most(b->tags, 300), 1);
    int64_t calls = -1;
    assert_int_equal(inquire_calls(b->store, &source_musicbrainz, &calls, &e), ERR_OK);
    assert_int_equal(calls, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_two_months_of_daily_likes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_each_artist_takes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_garbled_answers_lose_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_request_that_is_too_long_is_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_end_at_every_request, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_isrc_is_asked_once_for_all_its_artists, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
