#include "classifier/compare_table.h"

#include "base/json.h"

struct name {
    const char *name;
    const char *key; /* in JSON */
};

static const struct name models[COMPARE_MODELS] = {
    [COMPARE_KNN] = {"kNN", "knn"},
    [COMPARE_FOREST] = {"random forest", "forest"},
    [COMPARE_LOGISTIC] = {"logistic regression", "logistic"},
    [COMPARE_MLP] = {"MLP (ours)", "mlp"},
};

static const struct name inputs_names[COMPARE_INPUTS] = {
    [COMPARE_NO_TAGS] = {"all but tags", "without_tags"},
    [COMPARE_NO_STATISTICS] = {"without statistics", "without_tags_and_statistics"},
    [COMPARE_NO_TEXT] = {"without text", "without_tags_and_text"},
    [COMPARE_NO_ARTIST] = {"without artist", "without_tags_and_artist"},
    [COMPARE_NO_ALBUM] = {"without album", "without_tags_and_album"},
    [COMPARE_NO_TITLE] = {"without title", "without_tags_and_title"},
    [COMPARE_NO_LABEL] = {"without record label", "without_tags_and_label"},
    [COMPARE_NO_YEAR] = {"without year", "without_tags_and_year"},
    [COMPARE_ALL] = {"all, with tags", "with_tags"},
};

static const struct name rows_names[COMPARE_ROWS] = {
    [COMPARE_EVERY] = {"all rows", "all"},
    [COMPARE_SEEN] = {"artist seen", "seen"},
    [COMPARE_UNSEEN] = {"not seen", "unseen"},
};

const char *compare_table_model(enum compare_model model)
{
    return models[model].name;
}

const char *compare_table_inputs(enum compare_inputs inputs)
{
    return inputs_names[inputs].name;
}

static void score_print(const struct compare_score *s, FILE *out)
{
    if (s->measured) {
        fprintf(out, "  %6.4f %6.4f %6.4f", s->macro_auc, s->best_right, s->macro_f1);
    } else {
        fprintf(out, "  %6s %6s %6s", "-", "-", "-");
    }
}

static void heads_print(size_t groups, FILE *out)
{
    for (size_t i = 0; i < groups; i++) {
        fprintf(out, "  %6s %6s %6s", "AUC", "best", "F1");
    }
    fputc('\n', out);
}

static void sizes_print(const struct compare *c, FILE *out)
{
    fprintf(out, "%-24s %10s %10s %12s %12s\n", "split", "train rows", "test rows", "artist seen",
            "duplicates");
    for (int w = 0; w < SPLIT_WAYS; w++) {
        fprintf(out, "%-24s %10zu %10zu %12zu %12zu\n", split_name((enum split_way)w),
                c->way[w].train, c->way[w].test, c->way[w].seen, c->way[w].dropped);
    }
    fprintf(out,
            "\nTraining rows are at most %zu (--rows); seed %llu. AUC and F1 are means over the "
            "families, F1 at\nprobability 0.5; best: the likeliest family is a true one. kNN and "
            "random forest see only numbers:\nstatistics, year, duration, explicit; \"-\": they "
            "see no difference, or it was not measured.\n",
            c->rows, (unsigned long long)c->seed);
}

static void inputs_print(const struct compare *c, FILE *out)
{
    fprintf(out, "\n%-41s", "");
    for (int w = 0; w < SPLIT_WAYS; w++) {
        fprintf(out, "  %-20s", split_name((enum split_way)w));
    }
    fprintf(out, "\n%-20s %-20s", "inputs", "model");
    heads_print(SPLIT_WAYS, out);
    for (int i = 0; i < COMPARE_INPUTS; i++) {
        for (int m = 0; m < COMPARE_MODELS; m++) {
            fprintf(out, "%-20s %-20s", m == 0 ? inputs_names[i].name : "", models[m].name);
            for (int w = 0; w < SPLIT_WAYS; w++) {
                score_print(&c->way[w].score[i][m][COMPARE_EVERY], out);
            }
            fputc('\n', out);
        }
    }
}

static void artists_print(const struct compare *c, FILE *out)
{
    fprintf(out, "\n%s, artists of the test rows that training saw and did not see\n%-45s",
            inputs_names[COMPARE_NO_TAGS].name, "");
    for (int r = COMPARE_SEEN; r < COMPARE_ROWS; r++) {
        fprintf(out, "  %-20s", rows_names[r].name);
    }
    fprintf(out, "\n%-24s %-20s", "split", "model");
    heads_print(2, out);
    for (int w = 0; w < SPLIT_WAYS; w++) {
        for (int m = 0; m < COMPARE_MODELS; m++) {
            fprintf(out, "%-24s %-20s", m == 0 ? split_name((enum split_way)w) : "",
                    models[m].name);
            score_print(&c->way[w].score[COMPARE_NO_TAGS][m][COMPARE_SEEN], out);
            score_print(&c->way[w].score[COMPARE_NO_TAGS][m][COMPARE_UNSEEN], out);
            fputc('\n', out);
        }
    }
}

void compare_table_print(const struct compare *c, FILE *out)
{
    sizes_print(c, out);
    inputs_print(c, out);
    artists_print(c, out);
}

static void cells_html(const struct compare_score *s, struct buf *b)
{
    if (s->measured) {
        buf_printf(b, "<td>%.4f<td>%.4f<td>%.4f", s->macro_auc, s->best_right, s->macro_f1);
    } else {
        buf_add_str(b, "<td>-<td>-<td>-");
    }
}

static void heads_html(struct buf *b, size_t groups)
{
    for (size_t i = 0; i < groups; i++) {
        buf_add_str(b, "<th>AUC<th>best<th>F1");
    }
}

static void inputs_html(const struct compare *c, struct buf *b)
{
    buf_add_str(b, "<table><tr><th colspan=2>");
    for (int w = 0; w < SPLIT_WAYS; w++) {
        buf_printf(b, "<th colspan=3>%s", split_name((enum split_way)w));
    }
    buf_add_str(b, "<tr><th>inputs<th>model");
    heads_html(b, SPLIT_WAYS);
    for (int i = 0; i < COMPARE_INPUTS; i++) {
        for (int m = 0; m < COMPARE_MODELS; m++) {
            buf_printf(b, "<tr><td>%s<td>%s", inputs_names[i].name, models[m].name);
            for (int w = 0; w < SPLIT_WAYS; w++) {
                cells_html(&c->way[w].score[i][m][COMPARE_EVERY], b);
            }
        }
    }
    buf_add_str(b, "</table>");
}

static void artists_html(const struct compare *c, struct buf *b)
{
    buf_add_str(b, "<table><tr><th colspan=2>");
    for (int r = COMPARE_SEEN; r < COMPARE_ROWS; r++) {
        buf_printf(b, "<th colspan=3>%s", rows_names[r].name);
    }
    buf_add_str(b, "<tr><th>split<th>model");
    heads_html(b, 2);
    for (int w = 0; w < SPLIT_WAYS; w++) {
        for (int m = 0; m < COMPARE_MODELS; m++) {
            buf_printf(b, "<tr><td>%s<td>%s", split_name((enum split_way)w), models[m].name);
            cells_html(&c->way[w].score[COMPARE_NO_TAGS][m][COMPARE_SEEN], b);
            cells_html(&c->way[w].score[COMPARE_NO_TAGS][m][COMPARE_UNSEEN], b);
        }
    }
    buf_add_str(b, "</table>");
}

void compare_table_html(const struct compare *c, struct buf *b)
{
    buf_add_str(b, "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
                   "<meta name=\"viewport\" content=\"width=device-width\">"
                   "<title>genred: models compared</title><style>:root{color-scheme:light dark}"
                   "body{font:15px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;"
                   "padding:0 1rem;overflow-x:auto}table{border-collapse:collapse;"
                   "font-variant-numeric:tabular-nums}th,td{padding:.15rem .6rem;text-align:right;"
                   "border-bottom:1px solid #8884}td:nth-child(-n+2){text-align:left}</style>"
                   "<h1>Models compared</h1>");
    buf_printf(b,
               "<p>Trained on at most %zu songs, seed %llu. AUC and F1 are means over the "
               "families, F1 at probability 0.5; best: the likeliest family is a true one. kNN and "
               "random forest see only numbers.</p><h2>By what is known</h2>",
               c->rows, (unsigned long long)c->seed);
    inputs_html(c, b);
    buf_add_str(b, "<h2>Artists that training saw, and others</h2>");
    artists_html(c, b);
    buf_add_str(b, "</html>\n");
}

static void score_json(const struct compare_score *s, const struct name *const names[3],
                       struct json *scores)
{
    struct json *j = json_object();
    json_set_str(j, "inputs", names[0]->key);
    json_set_str(j, "model", names[1]->key);
    json_set_str(j, "rows", names[2]->key);
    json_set_int(j, "songs", (int64_t)s->n);
    json_set_num(j, "macro_auc", s->macro_auc);
    json_set_num(j, "best_right", s->best_right);
    json_set_num(j, "macro_f1", s->macro_f1);
    json_add(scores, j);
}

static struct json *way_json(const struct compare *c, int way)
{
    struct json *scores = json_array();
    const size_t kinds = (size_t)COMPARE_MODELS * COMPARE_ROWS;
    for (size_t i = 0; i < COMPARE_INPUTS * kinds; i++) {
        size_t inputs = i / kinds, model = i % kinds / COMPARE_ROWS, rows = i % COMPARE_ROWS;
        const struct compare_score *s = &c->way[way].score[inputs][model][rows];
        if (s->measured) {
            score_json(s,
                       (const struct name *const[]){&inputs_names[inputs], &models[model],
                                                    &rows_names[rows]},
                       scores);
        }
    }
    struct json *j = json_object();
    json_set_str(j, "split", split_key((enum split_way)way));
    json_set_int(j, "train", (int64_t)c->way[way].train);
    json_set_int(j, "test", (int64_t)c->way[way].test);
    json_set_int(j, "artist_seen", (int64_t)c->way[way].seen);
    json_set_int(j, "duplicates", (int64_t)c->way[way].dropped);
    json_set(j, "scores", scores);
    return j;
}

void compare_table_json(const struct compare *c, struct buf *b)
{
    struct json *splits = json_array();
    for (int w = 0; w < SPLIT_WAYS; w++) {
        json_add(splits, way_json(c, w));
    }
    struct json *j = json_object();
    json_set_str(j, "message_type", "comparison");
    json_set_int(j, "rows_most", (int64_t)c->rows);
    json_set_int(j, "seed", (int64_t)c->seed);
    json_set_int(j, "bad_rows", (int64_t)c->bad);
    json_set(j, "splits", splits);
    json_print(j, false, b);
    buf_add_char(b, '\n');
    json_free(j);
}
