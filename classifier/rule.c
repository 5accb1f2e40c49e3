#include "classifier/rule.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "classifier/language.h"
#include "classifier/phrase.h"
#include "classifier/rule_word.h"

/* In the order in which they bind; OPEN only while parsing. */
enum binding { BIND_OPEN, BIND_OR, BIND_AND, BIND_NOT };

enum compare { LESS, LESS_EQUAL, MORE, MORE_EQUAL, EQUAL, UNEQUAL, COMPARES };

static const char *const compare_text[COMPARES] = {"<", "<=", ">", ">=", "=", "!="};

struct item {
    enum rule_term kind;
    enum binding op;
    enum compare compare;
    size_t which; /* genre, or variable */
    double number;
    uint64_t phrase;
    char language[3];
};

/* Postfix. */
struct rule {
    size_t n;
    struct item items[RULE_ITEMS];
};

/* --- words ---------------------------------------------------------------------------------- */

enum token_kind { TOKEN_END, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_COMPARE, TOKEN_WORD, TOKEN_STRING };

struct token {
    enum token_kind kind;
    char text[80];
};

struct parse {
    const char *at;
    struct token token; /* the one to be taken next */
    rule_genre_fn *genre;
    void *ctx;
    struct rule *rule;
    enum binding stack[RULE_ITEMS];
    size_t stack_n;
    bool want_operand;
};

static bool is_word_char(char c)
{
    return c != '\0' && strchr(" \t()<>=!\"", c) == NULL;
}

static enum err_code token_text(struct parse *p, const char *s, size_t n, struct err *e)
{
    if (n >= sizeof(p->token.text)) {
        return err_set(e, ERR_CONFIG, "\"%.20s...\" is too long for a rule", s);
    }
    memcpy(p->token.text, s, n);
    p->token.text[n] = '\0';
    p->at = s + n;
    return ERR_OK;
}

static enum err_code token_next(struct parse *p, struct err *e)
{
    p->at += strspn(p->at, " \t");
    const char *s = p->at;
    if (*s == '\0') {
        p->token = (struct token){.kind = TOKEN_END, .text = "the end"};
        return ERR_OK;
    }
    if (*s == '(' || *s == ')') {
        p->token.kind = *s == '(' ? TOKEN_OPEN : TOKEN_CLOSE;
        return token_text(p, s, 1, e);
    }
    if (strchr("<>=!", *s) != NULL) {
        p->token.kind = TOKEN_COMPARE;
        return token_text(p, s, s[1] == '=' ? 2 : 1, e);
    }
    if (*s == '"') {
        const char *end = strchr(s + 1, '"');
        if (end == NULL) {
            return err_set(e, ERR_CONFIG, "the quotes of %.40s do not end", s);
        }
        p->token.kind = TOKEN_STRING;
        enum err_code code = token_text(p, s + 1, (size_t)(end - s - 1), e);
        p->at += code == ERR_OK; /* the quotes that end it */
        return code;
    }
    size_t n = 0;
    while (is_word_char(s[n])) {
        n++;
    }
    p->token.kind = TOKEN_WORD;
    return token_text(p, s, n, e);
}

static bool token_is(const struct parse *p, const char *word)
{
    return p->token.kind == TOKEN_WORD && strcasecmp(p->token.text, word) == 0;
}

bool rule_is_word(const char *word)
{
    return rule_word_is(word);
}

/* --- terms ---------------------------------------------------------------------------------- */

static enum err_code too_many(struct err *e)
{
    return err_set(e, ERR_CONFIG, "the rule has more than %d parts", RULE_ITEMS);
}

static enum err_code item_add(struct parse *p, struct item item, struct err *e)
{
    if (p->rule->n == RULE_ITEMS) {
        return too_many(e);
    }
    p->rule->items[p->rule->n++] = item;
    return ERR_OK;
}

/* Takes the comparison and its value after a variable, which is in `name`. */
static enum err_code compare_take(struct parse *p, const char *name, struct item *item,
                                  struct err *e)
{
    if (p->token.kind != TOKEN_COMPARE) {
        return err_set(e, ERR_CONFIG, "\"%s\" must be compared, as in: %s", name,
                       item->kind == RULE_LANGUAGE ? "language = es" : "energy < 0.4");
    }
    size_t i = 0;
    while (i < COMPARES && !text_equal(compare_text[i], p->token.text)) {
        i++;
    }
    if (i == COMPARES || (item->kind == RULE_LANGUAGE && i < EQUAL)) {
        return err_set(e, ERR_CONFIG, "\"%s\" cannot compare \"%s\"", p->token.text, name);
    }
    item->compare = (enum compare)i;
    enum err_code code = token_next(p, e);
    if (code != ERR_OK) {
        return code;
    }
    const char *value = p->token.text;
    if (p->token.kind != TOKEN_WORD) {
        return err_set(e, ERR_CONFIG, "\"%s\" is compared with nothing", name);
    }
    if (item->kind == RULE_LANGUAGE && !language_known(value)) {
        return err_set(e, ERR_CONFIG, "\"%s\" is no language that can be told, such as en or es",
                       value);
    }
    if (item->kind == RULE_LANGUAGE) {
        text_copy(item->language, sizeof(item->language), value);
        return token_next(p, e);
    }
    if (!rule_word_number(item->which, value, &item->number)) {
        return err_set(e, ERR_CONFIG, "\"%s\" is no %s to compare %s with", value,
                       item->which == RULE_DECADE ? "decade" : "number", name);
    }
    return token_next(p, e);
}

static enum err_code tag_take(struct parse *p, struct item *item, struct err *e)
{
    if (p->token.kind != TOKEN_STRING && p->token.kind != TOKEN_WORD) {
        return err_set(e, ERR_CONFIG, "after tag comes a phrase in double quotes");
    }
    item->phrase = phrase_hash(p->token.text);
    if (item->phrase == 0) {
        return err_set(e, ERR_CONFIG, "tag \"%s\" needs one to %d words", p->token.text,
                       PHRASE_WORDS);
    }
    return token_next(p, e);
}

/* A term, whose first word is the token. */
static enum err_code term_take(struct parse *p, struct err *e)
{
    struct item item = {.kind = RULE_GENRE};
    struct token first = p->token;
    if (first.kind == TOKEN_WORD) {
        item.kind = rule_word_term(first.text, &item.which);
    }
    if (item.kind == RULE_GENRE) {
        enum err_code code = p->genre(p->ctx, first.text, &item.which, e);
        if (code != ERR_OK) {
            return code;
        }
    }
    enum err_code code = token_next(p, e);
    if (code == ERR_OK && item.kind == RULE_TAG) {
        code = tag_take(p, &item, e);
    } else if (code == ERR_OK && (item.kind == RULE_NUMBER || item.kind == RULE_LANGUAGE)) {
        code = compare_take(p, first.text, &item, e);
    }
    if (code == ERR_OK && p->token.kind == TOKEN_COMPARE) {
        code = err_set(e, ERR_CONFIG, "\"%s\" cannot be compared with \"%s\"", first.text,
                       p->token.text);
    }
    p->want_operand = false;
    return code == ERR_OK ? item_add(p, item, e) : code;
}

/* --- operators: Dijkstra's shunting-yard ------------------------------------------------------ */

static enum err_code operator_push(struct parse *p, enum binding op, struct err *e)
{
    if (p->stack_n == RULE_ITEMS) {
        return too_many(e);
    }
    p->stack[p->stack_n++] = op;
    p->want_operand = true;
    return token_next(p, e);
}

/* Writes out what binds at least as close as `op`. */
static enum err_code operators_pop(struct parse *p, enum binding op, struct err *e)
{
    enum err_code code = ERR_OK;
    while (code == ERR_OK && p->stack_n > 0 && p->stack[p->stack_n - 1] >= op) {
        struct item item = {.kind = RULE_OPERATOR, .op = p->stack[--p->stack_n]};
        code = item_add(p, item, e);
    }
    return code;
}

static enum err_code close_take(struct parse *p, struct err *e)
{
    enum err_code code = operators_pop(p, BIND_OR, e);
    if (code == ERR_OK && p->stack_n == 0) {
        return err_set(e, ERR_CONFIG, "a \")\" has no \"(\" before it");
    }
    p->stack_n -= code == ERR_OK;
    return code == ERR_OK ? token_next(p, e) : code;
}

static enum err_code operand_take(struct parse *p, struct err *e)
{
    if (p->token.kind == TOKEN_OPEN) {
        return operator_push(p, BIND_OPEN, e);
    }
    if (token_is(p, "not")) {
        return operator_push(p, BIND_NOT, e);
    }
    bool term = p->token.kind == TOKEN_WORD || p->token.kind == TOKEN_STRING;
    if (!term || token_is(p, "and") || token_is(p, "or")) {
        return err_set(e, ERR_CONFIG, "a genre or a comparison is missing before %s%s%s",
                       p->token.kind == TOKEN_END ? "" : "\"", p->token.text,
                       p->token.kind == TOKEN_END ? "" : "\"");
    }
    return term_take(p, e);
}

static enum err_code operator_take(struct parse *p, struct err *e)
{
    if (p->token.kind == TOKEN_CLOSE) {
        return close_take(p, e);
    }
    enum binding op = token_is(p, "and") ? BIND_AND : BIND_OR;
    if (op == BIND_OR && !token_is(p, "or")) {
        return err_set(e, ERR_CONFIG, "\"and\" or \"or\" is missing before \"%s\"", p->token.text);
    }
    enum err_code code = operators_pop(p, op, e);
    return code == ERR_OK ? operator_push(p, op, e) : code;
}

enum err_code rule_parse(const char *text, rule_genre_fn *genre, void *ctx, struct rule **ret_rule,
                         struct err *e)
{
    struct parse p = {.at = text, .genre = genre, .ctx = ctx, .want_operand = true};
    p.rule = mem_alloc(sizeof(*p.rule));
    enum err_code code = token_next(&p, e);
    while (code == ERR_OK && (p.token.kind != TOKEN_END || p.want_operand)) {
        code = p.want_operand ? operand_take(&p, e) : operator_take(&p, e);
    }
    if (code == ERR_OK) {
        code = operators_pop(&p, BIND_OR, e);
    }
    if (code == ERR_OK && p.stack_n > 0) {
        code = err_set(e, ERR_CONFIG, "a \"(\" has no \")\" after it");
    }
    if (code != ERR_OK) {
        rule_free(p.rule);
        return code;
    }
    *ret_rule = p.rule;
    return ERR_OK;
}

void rule_free(struct rule *r)
{
    free(r);
}

bool rule_is_none(const struct rule *r)
{
    return r->n == 1 && r->items[0].kind == RULE_NONE;
}

/* --- evaluation ------------------------------------------------------------------------------ */

/* The margin of a part and of its negation: two numbers, because what is unknown is neither. */
struct margin {
    float yes;
    float no;
};

static const struct margin unknown = {-0.5F, -0.5F};

static struct margin margin_of(bool yes)
{
    return yes ? (struct margin){0.5F, -0.5F} : (struct margin){-0.5F, 0.5F};
}

static bool number_of(size_t variable, const struct song *song, double *ret_number)
{
    switch (variable) {
    case RULE_YEAR:
        *ret_number = song->year;
        return song->year > 0;
    case RULE_DECADE:
        *ret_number = song->year - song->year % 10;
        return song->year > 0;
    case RULE_DURATION:
        *ret_number = (double)song->duration_ms / 1000.0;
        return song->duration_ms > 0;
    default:
        *ret_number = (double)song->stat[variable];
        return (song->stat_mask >> variable & 1) != 0 && !isnan(song->stat[variable]) &&
               (variable != SONG_KEY || song->stat[variable] >= 0.0F);
    }
}

static struct margin number_margin(const struct item *item, const struct song *song)
{
    double x, y = item->number;
    if (!number_of(item->which, song, &x)) {
        return unknown;
    }
    if (item->which < SONG_STATS) {
        y = (double)(float)y; /* as the statistic itself is stored */
    }
    bool less = x<y, more = x> y;
    switch (item->compare) {
    case LESS:
        return margin_of(less);
    case LESS_EQUAL:
        return margin_of(!more);
    case MORE:
        return margin_of(more);
    case MORE_EQUAL:
        return margin_of(!less);
    case EQUAL:
        return margin_of(!less && !more);
    case UNEQUAL:
    case COMPARES:
        break;
    }
    return margin_of(less || more);
}

static struct margin language_margin(const struct item *item, const struct song *song)
{
    char code[3];
    language_tell(song->name, song->album, code);
    if (code[0] == '\0') {
        return unknown;
    }
    return margin_of((strcasecmp(code, item->language) == 0) == (item->compare == EQUAL));
}

static struct margin genre_margin(float p, float threshold)
{
    if (isnan(p)) {
        return unknown;
    }
    float m = fminf(fmaxf(p - threshold, -0.5F), 0.5F);
    return (struct margin){m, -m};
}

static struct margin term_margin(const struct item *item, const struct song *song, const float *p,
                                 const float *threshold)
{
    switch (item->kind) {
    case RULE_GENRE:
        return genre_margin(p[item->which], threshold[item->which]);
    case RULE_NUMBER:
        return number_margin(item, song);
    case RULE_LANGUAGE:
        return language_margin(item, song);
    case RULE_EXPLICIT:
        return song->is_explicit < 0 ? unknown : margin_of(song->is_explicit > 0);
    case RULE_TAG:
        return song->tags[0] == '\0' ? unknown : margin_of(phrase_in(song->tags, item->phrase));
    case RULE_NONE:
        return margin_of(false);
    case RULE_OPERATOR:
        break;
    }
    return unknown;
}

float rule_margin(const struct rule *r, const struct song *song, const float *p,
                  const float *threshold)
{
    struct margin stack[RULE_ITEMS] = {{0}};
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++) {
        const struct item *item = &r->items[i];
        if (item->kind != RULE_OPERATOR) {
            stack[n++] = term_margin(item, song, p, threshold);
            continue;
        }
        struct margin b = stack[n - 1];
        if (item->op == BIND_NOT) {
            stack[n - 1] = (struct margin){b.no, b.yes};
            continue;
        }
        struct margin a = stack[n - 2];
        bool both = item->op == BIND_AND;
        n--;
        stack[n - 1].yes = both ? fminf(a.yes, b.yes) : fmaxf(a.yes, b.yes);
        stack[n - 1].no = both ? fmaxf(a.no, b.no) : fminf(a.no, b.no);
    }
    return stack[0].yes;
}
