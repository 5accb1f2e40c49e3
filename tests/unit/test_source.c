/* What the sources ask, what they make of answers, and what they do with troubled ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/url.h"
#include "classifier/source/lastfm.h"
#include "classifier/source/musicbrainz.h"
#include "classifier/source/name.h"
#include "classifier/source/reccobeats.h"

#define ID_A   "AAAAAAAAAAAAAAAAAAAAAA"
#define ID_B   "BBBBBBBBBBBBBBBBBBBBBB"
#define MBID_A "aaaaaaaa-0000-4000-8000-000000000001"
#define MBID_B "bbbbbbbb-0000-4000-8000-000000000002"

enum mb_stage { LINKS, TAGS, ISRC, NAME, SONG };

static const struct source_place here = {"https://service.example", "the key"};

static const struct source_item tracks[] = {
    {ID_A, "One", "Ann", "GBAYE0000001", "", ""},
    {ID_B, "Two", "Ben", "", "", ""},
};
static const struct source_item artists[] = {
    {ID_A, "Ann \"The\" \\ Band", "", "GBAYE0000001", "Title (Remastered 2011)", MBID_A},
    {ID_B, "Ben & Sons", "", "", "", MBID_B},
};

static struct arena arena;

static enum err_code take(const struct source *s, size_t stage, const struct source_item *items,
                          size_t n, int status, const char *body, struct source_find *finds)
{
    struct http_res res = {.result = HTTP_RESULT_REPLY, .status = status, .retry_after_s = -1};
    struct err e = {0};
    buf_add_str(&res.body, body);
    memset(finds, 0, n * sizeof(*finds));
    enum err_code code = s->take(stage, items, n, &res, &arena, finds, &e);
    assert_int_equal(code, e.code);
    http_res_clear(&res);
    return code;
}

static const char *url_of(const struct source *s, size_t stage, const struct source_item *items,
                          size_t n)
{
    static struct http_req req;
    req = (struct http_req){0};
    s->ask(&here, stage, items, n, &req);
    assert_int_equal(req.method, HTTP_GET);
    assert_true(req.idempotent);
    assert_int_equal(req.auth, HTTP_AUTH_NONE);
    return req.url;
}

static bool is(float a, double b)
{
    return fabs((double)a - b) < 1e-6;
}

/* --- ReccoBeats
 * ------------------------------------------------------------------------------------- */

#define ROW(id, more) "{\"href\":\"https://open.spotify.com/track/" id "\"," more "}"

static void test_reccobeats_rows_are_matched_by_href(void **state)
{
    struct source_find f[2];
    (void)state;
    assert_string_equal(url_of(&source_reccobeats, 0, tracks, 2),
                        "https://service.example/v1/audio-features?ids=" ID_A "%2C" ID_B);
    assert_int_equal(
        take(&source_reccobeats, 0, tracks, 2, 200,
             "{\"content\":[" ROW(ID_B, "\"energy\":0.25,\"tempo\":120,\"key\":-1") "," ROW(
                 ID_A, "\"energy\":0.75,\"loudness\":-5.5") "," ROW(ID_A, "\"energy\":0.1") "]}",
             f),
        ERR_OK);
    assert_int_equal(f[0].verdict, SOURCE_KNOWN);
    assert_int_equal(f[0].stat_mask, 1U << SONG_ENERGY | 1U << SONG_LOUDNESS);
    assert_true(is(f[0].stat[SONG_ENERGY], 0.75)); /* the first of two rows */
    assert_int_equal(f[1].verdict, SOURCE_KNOWN);
    assert_true(is(f[1].stat[SONG_TEMPO], 120));
}

static void test_reccobeats_odd_answers(void **state)
{
    static const struct {
        const char *body;
        enum err_code code;
        enum source_verdict a;
    } cases[] = {
        {"{\"content\":[]}", ERR_OK, SOURCE_ABSENT},
        {"{\"content\":[" ROW(ID_A, "\"energy\":null,\"key\":\"5\"") "]}", ERR_OK, SOURCE_ABSENT},
        {"{\"content\":[" ROW(ID_A, "\"energy\":7") "]}", ERR_OK, SOURCE_ABSENT},
        {"{\"content\":[" ROW(ID_A, "\"energy\":1e999") "]}", ERR_OK, SOURCE_ABSENT},
        {"{\"content\":[" ROW(ID_A "?si=1", "\"energy\":0.5") "]}", ERR_OK, SOURCE_KNOWN},
        {"{\"content\":[{\"isrc\":\"gbaye0000001\",\"energy\":0.5}]}", ERR_OK, SOURCE_KNOWN},
        {"{\"content\":[" ROW("CCCCCCCCCCCCCCCCCCCCCC", "\"energy\":0.5") "]}", ERR_FORMAT,
         SOURCE_ABSENT},
        {"{\"content\":[null,3,\"x\",[]," ROW(ID_A, "\"energy\":0.5") "]}", ERR_OK, SOURCE_KNOWN},
        {"{\"content\":{}}", ERR_FORMAT, SOURCE_UNSAID},
        {"{}", ERR_FORMAT, SOURCE_UNSAID},
        {"[]", ERR_FORMAT, SOURCE_UNSAID},
        {"null", ERR_FORMAT, SOURCE_UNSAID},
        {"", ERR_FORMAT, SOURCE_UNSAID},
        {"<html>", ERR_FORMAT, SOURCE_UNSAID},
        {"{\"content\":[", ERR_FORMAT, SOURCE_UNSAID},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct source_find f[2];
        enum err_code code = take(&source_reccobeats, 0, tracks, 2, 200, cases[i].body, f);
        if (code != cases[i].code || f[0].verdict != cases[i].a)
            fail_msg("%s: code %d verdict %d", cases[i].body, (int)code, (int)f[0].verdict);
    }
    struct source_find f[1];
    assert_int_equal(take(&source_reccobeats, 0, tracks, 1, 404, "{\"error\":4041}", f), ERR_OK);
    assert_int_equal(f[0].verdict, SOURCE_ABSENT);
}

/* --- MusicBrainz
 * ------------------------------------------------------------------------------------ */

static void test_musicbrainz_asks_a_hundred_in_one_url(void **state)
{
    struct source_item many[100];
    char sid[100][23];
    char mbid[100][37];
    (void)state;
    for (int i = 0; i < 100; i++) {
        snprintf(sid[i], sizeof(sid[i]), "ARTIST%016d", i);
        snprintf(mbid[i], sizeof(mbid[i]), "cccccccc-0000-4000-8000-%012d", i);
        many[i] = (struct source_item){sid[i], "Name", "", "", "", mbid[i]};
    }
    const char *url = url_of(&source_musicbrainz, LINKS, many, 100);
    assert_true(strlen(url) < 8191);
    assert_non_null(strstr(url, "%2Fartist%2FARTIST0000000000000099&inc=artist-rels&fmt=json"));
    url = url_of(&source_musicbrainz, TAGS, many, 100);
    assert_non_null(strstr(url, "000000000099&limit=100&fmt=json"));
}

static void test_musicbrainz_queries_cannot_be_broken_out_of(void **state)
{
    char query[1024];
    (void)state;
    const char *url = url_of(&source_musicbrainz, NAME, artists, 1);
    assert_true(url_query_get(url, "query", query, sizeof(query)));
    assert_string_equal(query, "artist:\"Ann \\\"The\\\" \\\\ Band\"");
    url = url_of(&source_musicbrainz, SONG, artists, 1);
    assert_true(url_query_get(url, "query", query, sizeof(query)));
    assert_string_equal(query, "arid:" MBID_A " AND recording:\"title\"");
    const struct source_item odd = {ID_A, "x", "", "A/../B?C#D", "", ""};
    assert_non_null(strstr(url_of(&source_musicbrainz, ISRC, &odd, 1),
                           "/isrc/A%2F..%2FB%3FC%23D?inc=artist-credits&fmt=json"));
}

#define ADDRESS(id)      "\"resource\":\"https://open.spotify.com/artist/" id "\""
#define ARTIST(id, name) "{\"artist\":{\"id\":\"" id "\",\"name\":\"" name "\"}}"

static void test_musicbrainz_links(void **state)
{
    static const struct {
        const char *relations;
        size_t stage; /* of ID_A after it */
        const char *link;
    } cases[] = {
        {"\"relations\":[" ARTIST(MBID_B, "whoever") "]", TAGS, MBID_B},
        {"\"relations\":[" ARTIST(MBID_B, "x") "," ARTIST(MBID_B, "x") "]", TAGS, MBID_B},
        {"\"relations\":[" ARTIST(MBID_B, "x") "," ARTIST(MBID_A, "ann the band") "]", TAGS,
         MBID_A},
        {"\"relations\":[" ARTIST(MBID_B, "x") "," ARTIST(MBID_A, "y") "]", ISRC, ""},
        {"\"relations\":[" ARTIST("../etc", "x") "]", ISRC, ""},
        {"\"relations\":[{\"artist\":null},null,7]", ISRC, ""},
        {"\"relations\":[]", ISRC, ""},
        {"\"relations\":null", ISRC, ""},
        {"\"x\":0", ISRC, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char body[512];
        struct source_find f[2];
        snprintf(body, sizeof(body), "{\"urls\":[{" ADDRESS(ID_A) ",%s}]}", cases[i].relations);
        assert_int_equal(take(&source_musicbrainz, LINKS, artists, 2, 200, body, f), ERR_OK);
        assert_int_equal(f[0].verdict, SOURCE_ON);
        assert_int_equal(f[0].stage, cases[i].stage);
        assert_string_equal(f[0].link, cases[i].link);
        assert_int_equal(f[1].verdict, SOURCE_ABSENT); /* neither ISRC nor title to look with */
        snprintf(body, sizeof(body), "{" ADDRESS(ID_A) ",%s}", cases[i].relations); /* one alone */
        assert_int_equal(take(&source_musicbrainz, LINKS, artists, 1, 200, body, f), ERR_OK);
        assert_int_equal(f[0].stage, cases[i].stage);
    }
    struct source_find f[2];
    assert_int_equal(take(&source_musicbrainz, LINKS, artists, 1, 404, "{}", f), ERR_OK);
    assert_int_equal(f[0].stage, ISRC);
    assert_int_equal(take(&source_musicbrainz, LINKS, artists, 2, 200, "{\"urls\":[]}", f), ERR_OK);
    assert_int_equal(f[0].stage, ISRC);
    static const char *const bad[] = {"{}", "[]", "3", "{\"urls\":{}}",
                                      "{\"urls\":[{\"resource\":\"https://else.where/x\"}]}"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(take(&source_musicbrainz, LINKS, artists, 2, 200, bad[i], f), ERR_FORMAT);
}

static void test_musicbrainz_tags(void **state)
{
    struct source_find f[2];
    (void)state;
    assert_int_equal(
        take(&source_musicbrainz, TAGS, artists, 2, 200,
             "{\"artists\":[{\"id\":\"" MBID_B "\",\"tags\":null},{\"id\":\"" MBID_A "\",\"tags\":["
             "{\"name\":\"rock\",\"count\":2},{\"name\":\"Shoegaze\",\"count\":9},"
             "{\"name\":\"bad\",\"count\":0},{\"name\":\"worse\",\"count\":-3},"
             "{\"name\":\"seen live\",\"count\":99},{\"name\":\"a;b\",\"count\":5},"
             "{\"name\":\"\",\"count\":5},{\"name\":7,\"count\":5},{\"name\":\"!!!\",\"count\":5},"
             "{\"name\":\"rock\",\"count\":1},{\"name\":\"dream pop\",\"count\":2},null]}]}",
             f),
        ERR_OK);
    assert_int_equal(f[0].verdict, SOURCE_KNOWN);
    assert_string_equal(f[0].tags, "shoegaze; dream pop; rock");
    assert_string_equal(f[0].weights, "9; 2; 2");
    assert_int_equal(f[1].verdict, SOURCE_ABSENT);
    assert_int_equal(take(&source_musicbrainz, TAGS, artists, 2, 200, "{\"artists\":[]}", f),
                     ERR_OK);
    assert_int_equal(f[0].verdict, SOURCE_ABSENT);
    assert_int_equal(take(&source_musicbrainz, TAGS, artists, 2, 200,
                          "{\"artists\":[{\"id\":\"dddddddd-0000-4000-8000-000000000002\"}]}", f),
                     ERR_FORMAT);
    assert_int_equal(take(&source_musicbrainz, TAGS, artists, 2, 200, "{\"count\":0}", f),
                     ERR_FORMAT);
}

static void test_musicbrainz_looks_one_by_one(void **state)
{
    static const struct {
        size_t stage;
        int status;
        const char *body;
        enum source_verdict verdict;
        size_t next;
    } cases[] = {
        {ISRC, 200,
         "{\"recordings\":[{\"artist-credit\":[" ARTIST(MBID_B, "x") "," ARTIST(
             MBID_A, "ANN THE BAND") "]}]}",
         SOURCE_ON, TAGS},
        {ISRC, 200, "{\"recordings\":[{\"artist-credit\":[" ARTIST(MBID_B, "x") "]}]}", SOURCE_ON,
         NAME},
        {ISRC, 200,
         "{\"recordings\":[{\"artist-credit\":[{\"name\":\"Ann The Band\",\"artist\":"
         "{\"id\":\"" MBID_A "\"}}]}]}",
         SOURCE_ON, TAGS},
        {ISRC, 200, "{}", SOURCE_ON, NAME},
        {ISRC, 404, "{\"error\":\"Not Found\"}", SOURCE_ON, NAME},
        {ISRC, 400, "", SOURCE_ON, NAME},
        {NAME, 200, "{\"artists\":[{\"id\":\"" MBID_A "\",\"score\":100,\"name\":\"Ann Band\"}]}",
         SOURCE_ON, SONG},
        {NAME, 200, "{\"artists\":[{\"id\":\"" MBID_A "\",\"score\":80,\"name\":\"Ann Band\"}]}",
         SOURCE_ABSENT, 0},
        {NAME, 200, "{\"artists\":[{\"id\":\"" MBID_A "\",\"score\":100,\"name\":\"Ann\"}]}",
         SOURCE_ABSENT, 0},
        {NAME, 200,
         "{\"artists\":[{\"id\":\"" MBID_A "\",\"score\":95,\"name\":\"Q\",\"aliases\":"
         "[{\"name\":\"The Ann Band\"}]}]}",
         SOURCE_ON, SONG},
        {NAME, 200, "{\"artists\":[{\"id\":\"x\",\"score\":100,\"name\":\"Ann Band\"}]}",
         SOURCE_ABSENT, 0},
        {SONG, 200, "{\"count\":3}", SOURCE_ON, TAGS},
        {SONG, 200, "{\"count\":0}", SOURCE_ABSENT, 0},
        {SONG, 200, "{\"count\":\"3\"}", SOURCE_ABSENT, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct source_find f[1];
        assert_int_equal(take(&source_musicbrainz, cases[i].stage, artists, 1, cases[i].status,
                              cases[i].body, f),
                         ERR_OK);
        if (f[0].verdict != cases[i].verdict || f[0].stage != cases[i].next)
            fail_msg("case %zu: verdict %d stage %zu", i, (int)f[0].verdict, f[0].stage);
        if (f[0].verdict == SOURCE_ON && f[0].stage != NAME)
            assert_string_equal(f[0].link, MBID_A);
    }
}

/* --- Last.fm
 * ---------------------------------------------------------------------------------------- */

static void test_lastfm(void **state)
{
    static struct http_req req;
    struct source_find f[1];
    (void)state;
    source_lastfm.ask(&here, 1, tracks, 1, &req);
    assert_true(req.secret_url);
    assert_string_equal(req.url, "https://service.example/?method=track.getTopTags&artist=Ann"
                                 "&track=One&autocorrect=1&api_key=the%20key&format=json");
    assert_int_equal(take(&source_lastfm, 0, artists, 1, 200,
                          "{\"toptags\":{\"tag\":[{\"name\":\"Rock\",\"count\":100},"
                          "{\"name\":\"light\",\"count\":9},{\"name\":\"Seen Live\",\"count\":50},"
                          "{\"name\":\"indie\",\"count\":\"40\"}]}}",
                          f),
                     ERR_OK);
    assert_string_equal(f[0].tags, "rock; indie");
    assert_string_equal(f[0].weights, "100; 40");
    assert_int_equal(take(&source_lastfm, 0, artists, 1, 200,
                          "{\"toptags\":{\"tag\":{\"name\":\"jazz\",\"count\":10}}}", f),
                     ERR_OK);
    assert_string_equal(f[0].tags, "jazz");
    assert_int_equal(take(&source_lastfm, 0, artists, 1, 200, "{\"toptags\":{}}", f), ERR_OK);
    assert_int_equal(f[0].verdict, SOURCE_ABSENT);
    assert_int_equal(take(&source_lastfm, 0, artists, 1, 200, "{\"error\":6,\"message\":\"\"}", f),
                     ERR_OK);
    assert_int_equal(f[0].verdict, SOURCE_ABSENT);
    assert_int_equal(take(&source_lastfm, 0, artists, 1, 200, "{\"x\":1}", f), ERR_FORMAT);
}

/* --- troubled replies
 * ------------------------------------------------------------------------------- */

static struct retry_answer judge(const struct source *s, enum http_result result, int status,
                                 int64_t retry_after_s, const char *body)
{
    const struct http_req req = {.method = HTTP_GET, .idempotent = true};
    struct http_res res = {.result = result, .status = status, .retry_after_s = retry_after_s};
    struct retry_answer answer;
    buf_add_str(&res.body, body);
    source_judge(s, &req, &res, RETRY_ATTEMPTS, 0.5, &answer);
    http_res_clear(&res);
    return answer;
}

static void test_verdicts(void **state)
{
    static const struct {
        const struct source *s;
        int status;
        const char *body;
        enum retry_verdict verdict;
        enum err_code code;
    } cases[] = {
        {&source_reccobeats, 200, "{}", RETRY_DELIVER, ERR_OK},
        {&source_reccobeats, 404, "", RETRY_DELIVER, ERR_OK},
        {&source_reccobeats, 414, "<html>", RETRY_DELIVER, ERR_OK},
        {&source_reccobeats, 200, "<html>", RETRY_GIVE_UP, ERR_NETWORK},
        {&source_reccobeats, 302, "", RETRY_GIVE_UP, ERR_NETWORK},
        {&source_reccobeats, 500, "", RETRY_GIVE_UP, ERR_NETWORK},
        {&source_reccobeats, 403, "", RETRY_GIVE_UP, ERR_REFUSED},
        {&source_reccobeats, 429, "", RETRY_HOLD, ERR_OK},
        {&source_musicbrainz, 503, "", RETRY_HOLD, ERR_OK},
        {&source_lastfm, 200, "{\"error\":10}", RETRY_GIVE_UP, ERR_CONFIG},
        {&source_lastfm, 200, "{\"error\":26}", RETRY_GIVE_UP, ERR_CONFIG},
        {&source_lastfm, 403, "{\"error\":10}", RETRY_GIVE_UP, ERR_CONFIG},
        {&source_lastfm, 200, "{\"error\":29}", RETRY_HOLD, ERR_OK},
        {&source_lastfm, 200, "{\"error\":8}", RETRY_GIVE_UP, ERR_NETWORK},
        {&source_lastfm, 200, "{\"error\":6}", RETRY_DELIVER, ERR_OK},
        {&source_lastfm, 404, "{\"error\":6}", RETRY_DELIVER, ERR_OK},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct retry_answer a =
            judge(cases[i].s, HTTP_RESULT_REPLY, cases[i].status, -1, cases[i].body);
        if (a.verdict != cases[i].verdict || a.err.code != cases[i].code)
            fail_msg("case %zu: verdict %d code %d", i, (int)a.verdict, (int)a.err.code);
    }
    assert_int_equal(judge(&source_musicbrainz, HTTP_RESULT_REPLY, 503, 7, "").delay_ms, 7000);
    struct retry_answer a = judge(&source_musicbrainz, HTTP_RESULT_UNSENT, 0, -1, "");
    assert_int_equal(a.verdict, RETRY_GIVE_UP);
    assert_non_null(strstr(a.err.text, "MusicBrainz cannot be reached"));
}

static void test_names(void **state)
{
    static const struct {
        const char *a;
        const char *b;
        bool same;
    } cases[] = {
        {"Beyoncé", "BEYONCE", true},
        {"The Beatles", "Beatles", true},
        {"Guns N' Roses", "Guns N\xe2\x80\x99 Roses", true},
        {"AC/DC", "ACDC", true},
        {"Sigur Rós", "sigur ros", true},
        {"!!!", "!!!", true},
        {"!!!", "???", false},
        {"Ann", "Anna", false},
        {"", "Ann", false},
        {"\xff\xfe", "Ann", false},
        {"The The", "The The", true},
        {"宇多田ヒカル", "宇多田ヒカル", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (name_equal(cases[i].a, cases[i].b) != cases[i].same)
            fail_msg("%s, %s", cases[i].a, cases[i].b);
    }
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reccobeats_rows_are_matched_by_href),
        cmocka_unit_test(test_reccobeats_odd_answers),
        cmocka_unit_test(test_musicbrainz_asks_a_hundred_in_one_url),
        cmocka_unit_test(test_musicbrainz_queries_cannot_be_broken_out_of),
        cmocka_unit_test(test_musicbrainz_links),
        cmocka_unit_test(test_musicbrainz_tags),
        cmocka_unit_test(test_musicbrainz_looks_one_by_one),
        cmocka_unit_test(test_lastfm),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
