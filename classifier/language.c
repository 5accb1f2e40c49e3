#include "classifier/language.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "classifier/word.h"

/* Languages in Latin script first: their bits are in the tables. */
enum {
    DE = 1,
    EN = 2,
    ES = 4,
    FI = 8,
    FR = 16,
    IT = 32,
    NL = 64,
    PL = 128,
    PT = 256,
    SV = 512,
    TR = 1024
};
enum { LATIN = 11, TEXT_SIZE = 512 };

static const char codes[][3] = {"de", "en", "es", "fi", "fr", "it", "nl", "pl", "pt", "sv",
                                "tr", "ar", "el", "he", "hi", "ja", "ko", "ru", "th", "zh"};

/* A word in one language alone weighs most; from these the answer must come. */
enum { ALONE = 4, OF_TWO = 2, OF_MORE = 1, TITLE = 2, ENOUGH = 8 };

struct common {
    const char *word; /* lower case, ascending by bytes */
    unsigned languages;
};

/* clang-format off */
static const struct common common[] = {
    {"a", EN | ES | FR | IT | PL | PT}, {"aan", NL}, {"about", EN}, {"adiós", ES}, {"aika", FI},
    {"ain", EN}, {"al", ES | IT}, {"aldrig", SV}, {"ale", PL}, {"all", EN}, {"alla", IT | SV},
    {"alles", DE | NL}, {"als", DE | NL}, {"altijd", NL}, {"am", DE | EN}, {"amor", ES | PT},
    {"amore", IT}, {"amour", FR}, {"an", DE | EN}, {"anche", IT}, {"and", EN}, {"another", EN},
    {"ao", PT}, {"are", EN}, {"artık", TR}, {"as", EN | PT}, {"at", EN}, {"att", SV}, {"até", PT},
    {"au", FR}, {"auch", DE}, {"auf", DE}, {"aus", DE}, {"aux", FR}, {"av", SV}, {"avec", FR},
    {"away", EN}, {"aşk", TR}, {"aşkım", TR}, {"baby", EN}, {"back", EN}, {"bana", TR},
    {"bara", SV}, {"be", EN}, {"bei", DE}, {"bella", IT}, {"belle", FR}, {"bello", IT},
    {"bem", PT}, {"ben", NL | TR}, {"beni", TR}, {"benim", TR}, {"beso", ES}, {"besos", ES},
    {"better", EN}, {"bez", PL}, {"bien", ES}, {"bij", NL}, {"bir", TR}, {"bis", DE},
    {"black", EN}, {"blue", EN}, {"bu", TR}, {"but", EN}, {"by", EN}, {"być", PL}, {"can", EN},
    {"canción", ES}, {"canzone", IT}, {"ce", FR}, {"cette", FR}, {"che", IT}, {"chez", FR},
    {"ci", IT | PL}, {"cielo", ES | IT}, {"cię", PL}, {"coeur", FR}, {"com", PT},
    {"come", EN | IT}, {"comme", FR}, {"como", ES}, {"con", ES | IT}, {"conmigo", ES},
    {"contigo", ES}, {"corazon", ES}, {"corazón", ES}, {"coração", PT}, {"cuando", ES},
    {"cuore", IT}, {"czas", PL}, {"czy", PL}, {"cómo", ES}, {"cœur", FR}, {"da", IT | PT | TR},
    {"dag", NL | SV}, {"daha", TR}, {"dal", IT}, {"dans", FR}, {"das", DE | PT}, {"dat", NL},
    {"day", EN}, {"de", ES | FR | NL | SV | TR}, {"dei", IT}, {"dein", DE}, {"deine", DE},
    {"del", ES | IT}, {"della", IT}, {"delle", IT}, {"dem", DE}, {"den", DE | NL | SV},
    {"der", DE | NL}, {"des", DE | FR}, {"det", SV}, {"deus", PT}, {"değil", TR}, {"di", IT},
    {"dia", ES | PT}, {"dich", DE}, {"die", DE | NL}, {"dig", SV}, {"din", SV}, {"dir", DE},
    {"dit", NL}, {"ditt", SV}, {"dla", PL}, {"do", EN | PL | PT}, {"doch", DE}, {"don", EN},
    {"donde", ES}, {"dos", PT}, {"dove", IT}, {"down", EN}, {"dream", EN}, {"dreams", EN},
    {"du", DE | FR | SV}, {"dzień", PL}, {"där", SV}, {"día", ES}, {"dónde", ES}, {"dünya", TR},
    {"e", IT | PT}, {"een", NL}, {"ei", FI}, {"ein", DE}, {"eine", DE}, {"einem", DE},
    {"einen", DE}, {"el", ES}, {"ela", PT}, {"ele", PT}, {"ella", ES}, {"elle", FR},
    {"elämä", FI}, {"en", ES | FI | FR | NL | SV}, {"encore", FR}, {"er", DE}, {"eres", ES},
    {"es", DE | ES}, {"est", FR}, {"esta", ES}, {"este", ES}, {"está", ES}, {"et", FR},
    {"ett", SV}, {"eu", PT}, {"ever", EN}, {"every", EN}, {"everybody", EN}, {"everything", EN},
    {"feel", EN}, {"femme", FR}, {"foi", PT}, {"for", EN}, {"frau", DE}, {"from", EN},
    {"fuego", ES}, {"för", SV}, {"für", DE}, {"gdzie", PL}, {"gece", TR}, {"geen", NL},
    {"gel", TR}, {"get", EN}, {"gibi", TR}, {"giorno", IT}, {"girl", EN}, {"git", TR},
    {"gli", IT}, {"go", EN}, {"gone", EN}, {"good", EN}, {"got", EN}, {"gün", TR}, {"han", SV},
    {"har", SV}, {"hart", NL}, {"hasta", ES}, {"have", EN}, {"hayat", TR}, {"he", EN | FI},
    {"heart", EN}, {"heb", NL}, {"her", EN | TR}, {"here", EN}, {"herz", DE}, {"het", NL},
    {"hij", NL}, {"his", EN}, {"hjärta", SV}, {"ho", IT}, {"hoe", NL}, {"home", EN},
    {"homme", FR}, {"hon", SV}, {"hou", NL}, {"how", EN}, {"hoy", ES}, {"hän", FI}, {"här", SV},
    {"i", EN}, {"ich", DE}, {"if", EN}, {"igen", SV}, {"ihr", DE}, {"ik", NL}, {"il", FR | IT},
    {"ile", TR}, {"ilman", FI}, {"ils", FR}, {"im", DE}, {"immer", DE}, {"in", DE | EN | NL},
    {"ingen", SV}, {"inte", SV}, {"into", EN}, {"io", IT}, {"is", EN | NL}, {"ist", DE},
    {"it", EN}, {"için", TR}, {"ja", FI | PL}, {"jag", SV}, {"jak", PL}, {"jamais", FR},
    {"je", FR | NL}, {"jest", PL}, {"jesteś", PL}, {"jeszcze", PL}, {"jij", NL}, {"jos", FI},
    {"jou", NL}, {"jour", FR}, {"jours", FR}, {"jouw", NL}, {"just", EN}, {"już", PL},
    {"kadar", TR}, {"kaikki", FI}, {"kalp", TR}, {"kan", SV}, {"kein", DE}, {"keine", DE},
    {"kiedy", PL}, {"kim", TR}, {"know", EN}, {"koko", FI}, {"kuin", FI}, {"kun", FI},
    {"kärlek", SV}, {"la", ES | FR | IT}, {"las", ES}, {"last", EN}, {"le", FR | IT},
    {"leben", DE}, {"les", FR}, {"let", EN}, {"leven", NL}, {"liebe", DE}, {"liefde", NL},
    {"life", EN}, {"light", EN}, {"like", EN}, {"little", EN}, {"liv", SV}, {"lo", ES | IT},
    {"los", ES}, {"love", EN}, {"luz", ES}, {"ma", FR | IT}, {"maa", FI}, {"maar", NL},
    {"mai", IT}, {"mais", PT}, {"make", EN}, {"mam", PL}, {"man", EN}, {"mann", DE}, {"mare", IT},
    {"mas", ES}, {"mañana", ES}, {"me", EN | ES | FI}, {"med", SV}, {"meer", NL}, {"mehr", DE},
    {"mein", DE}, {"meine", DE}, {"men", EN | SV}, {"menina", PT}, {"mes", FR}, {"met", NL},
    {"meu", PT}, {"mi", ES | IT | PL | TR}, {"mia", IT}, {"mich", DE}, {"mig", SV}, {"mij", NL},
    {"mijn", NL}, {"mim", PT}, {"min", SV}, {"minha", PT}, {"minä", FI}, {"mio", IT}, {"mir", DE},
    {"missä", FI}, {"mit", DE}, {"mitt", SV}, {"mitä", FI}, {"miłość", PL}, {"mnie", PL},
    {"moi", FR}, {"moja", PL}, {"moje", PL}, {"mon", FR}, {"monde", FR}, {"mondo", IT},
    {"more", EN}, {"much", EN}, {"muito", PT}, {"mujer", ES}, {"mun", FI}, {"mundo", ES | PT},
    {"mutta", FI}, {"muy", ES}, {"my", EN}, {"más", ES}, {"mä", FI}, {"mój", PL}, {"mı", TR},
    {"na", PL | PT}, {"naar", NL}, {"nach", DE}, {"nacht", DE | NL}, {"nada", ES | PT},
    {"nam", PL}, {"nao", PT}, {"nas", PL}, {"nasz", PL}, {"nasıl", TR}, {"natt", SV},
    {"ne", FR | TR}, {"neden", TR}, {"nel", IT}, {"nella", IT}, {"never", EN}, {"new", EN},
    {"ni", SV}, {"nic", PL}, {"nicht", DE}, {"nichts", DE}, {"nie", PL}, {"niet", NL},
    {"niets", NL}, {"night", EN}, {"niin", FI}, {"niña", ES}, {"no", EN | ES | PT}, {"noc", PL},
    {"noch", DE}, {"noche", ES}, {"noches", ES}, {"nog", NL}, {"noi", IT}, {"noite", PT},
    {"non", IT}, {"nooit", NL}, {"nos", PT}, {"nossa", PT}, {"nosso", PT}, {"not", EN},
    {"nothing", EN}, {"notte", IT}, {"nous", FR}, {"now", EN}, {"nuestro", ES}, {"nuit", FR},
    {"nunca", ES}, {"nur", DE}, {"nyt", FI}, {"não", PT}, {"när", SV}, {"o", PL | PT | TR},
    {"och", SV}, {"od", PL}, {"of", EN}, {"ohne", DE}, {"ojos", ES}, {"old", EN}, {"olen", FI},
    {"olet", FI}, {"oli", FI}, {"olsun", TR}, {"om", NL | SV}, {"on", EN | FI}, {"one", EN},
    {"ons", NL}, {"onze", NL}, {"ook", NL}, {"oon", FI}, {"op", NL}, {"or", EN}, {"os", PT},
    {"other", EN}, {"otra", ES}, {"otro", ES}, {"ou", FR}, {"our", EN}, {"out", EN},
    {"outra", PT}, {"over", EN | NL}, {"où", FR}, {"par", FR}, {"para", ES | PT}, {"pas", FR},
    {"per", IT}, {"perché", IT}, {"pero", ES}, {"petit", FR}, {"petite", FR}, {"più", IT},
    {"plus", FR}, {"po", PL}, {"por", ES | PT}, {"porque", ES}, {"pour", FR}, {"pra", PT},
    {"przez", PL}, {"päivä", FI}, {"på", SV}, {"qu", FR}, {"quand", FR}, {"quando", IT | PT},
    {"que", ES | FR | PT}, {"questa", IT}, {"questo", IT}, {"qui", FR}, {"quieres", ES},
    {"quiero", ES}, {"quién", ES}, {"qué", ES}, {"rakkaus", FI}, {"red", EN}, {"rien", FR},
    {"sa", FR}, {"sana", TR}, {"sans", FR}, {"saudade", PT}, {"say", EN}, {"schon", DE},
    {"se", ES | FI | FR | IT | PT}, {"sei", IT}, {"sem", PT}, {"sempre", IT}, {"sen", TR},
    {"seni", TR}, {"senin", TR}, {"senza", IT}, {"sera", IT}, {"serce", PL}, {"ses", FR},
    {"seu", PT}, {"she", EN}, {"si", ES | IT}, {"sich", DE}, {"sie", DE}, {"siempre", ES},
    {"sin", EN | ES}, {"sind", DE}, {"sinä", FI}, {"się", PL}, {"ska", SV}, {"so", DE | EN},
    {"sobre", ES}, {"sole", IT}, {"soleil", FR}, {"som", SV}, {"some", EN}, {"something", EN},
    {"song", EN}, {"sono", IT}, {"soy", ES}, {"su", IT}, {"sua", PT}, {"suis", FR}, {"sul", IT},
    {"sun", EN | FI}, {"sur", FR}, {"sus", ES}, {"sydän", FI}, {"são", PT}, {"sä", FI},
    {"så", SV}, {"sí", ES}, {"só", PT}, {"ta", FR}, {"taas", FI}, {"tag", DE}, {"tai", FI},
    {"tak", PL}, {"take", EN}, {"te", ES | FI | IT | NL}, {"tell", EN}, {"tem", PT},
    {"tempo", IT | PT}, {"temps", FR}, {"tengo", ES}, {"tes", FR}, {"teu", PT}, {"than", EN},
    {"that", EN}, {"the", EN}, {"them", EN}, {"there", EN}, {"they", EN}, {"things", EN},
    {"this", EN}, {"through", EN}, {"ti", IT}, {"tid", SV}, {"tiempo", ES}, {"tijd", NL},
    {"till", SV}, {"time", EN}, {"to", EN | PL}, {"toi", FR}, {"ton", FR}, {"too", EN},
    {"toujours", FR}, {"tous", FR}, {"tout", FR}, {"tu", ES | FR | IT}, {"tua", IT | PT},
    {"tudo", PT}, {"tuo", IT}, {"tutto", IT}, {"twoja", PL}, {"twój", PL}, {"ty", PL},
    {"tylko", PL}, {"uit", NL}, {"um", PT}, {"uma", PT}, {"un", ES | FR | IT}, {"una", ES | IT},
    {"und", DE}, {"une", FR}, {"unter", DE}, {"up", EN}, {"utan", SV}, {"vain", FI}, {"van", NL},
    {"var", SV | TR}, {"ve", TR}, {"vers", FR}, {"vida", ES | PT}, {"vie", FR}, {"vielä", FI},
    {"vita", IT}, {"voce", PT}, {"você", PT}, {"von", DE}, {"voor", NL}, {"vou", PT},
    {"vous", FR}, {"voy", ES}, {"värld", SV}, {"vår", SV}, {"waar", NL}, {"want", EN},
    {"war", DE | EN}, {"was", DE | EN | NL}, {"wat", NL}, {"way", EN}, {"we", EN | NL},
    {"welt", DE}, {"wenn", DE}, {"wer", DE}, {"wereld", NL}, {"what", EN}, {"when", EN},
    {"where", EN}, {"who", EN}, {"wie", DE | NL}, {"wiem", PL}, {"wij", NL}, {"will", EN},
    {"wir", DE}, {"wird", DE}, {"with", EN}, {"without", EN}, {"wo", DE}, {"world", EN},
    {"wszystko", PL}, {"y", ES | FR}, {"ya", EN | ES}, {"yar", TR}, {"yo", ES}, {"yok", TR},
    {"you", EN}, {"your", EN}, {"yö", FI}, {"za", PL}, {"zaman", TR}, {"ze", NL}, {"zeit", DE},
    {"zij", NL}, {"zo", NL}, {"zonder", NL}, {"zu", DE}, {"zum", DE}, {"zur", DE}, {"à", FR},
    {"är", SV}, {"ça", FR}, {"çok", TR}, {"è", IT}, {"é", PT}, {"über", DE}, {"świat", PL},
    {"że", PL}, {"życie", PL},
};
/* clang-format on */

/* Letters that few of the languages have; none: a language that is not told here. */
static const struct {
    uint32_t letter;
    unsigned languages;
} letters[] = {
    {0xa1, ES},      {0xbf, ES},      {0xdf, DE},           {0xe0, FR | IT | PT},
    {0xe1, ES | PT}, {0xe2, FR | PT}, {0xe3, PT},           {0xe4, DE | FI | SV},
    {0xe5, SV},      {0xe6, 0},       {0xe7, FR | PT | TR}, {0xe8, FR | IT},
    {0xea, FR | PT}, {0xec, IT},      {0xed, ES | PT},      {0xee, FR},
    {0xf1, ES},      {0xf2, IT},      {0xf5, PT},           {0xf6, DE | FI | SV | TR},
    {0xf8, 0},       {0xf9, FR | IT}, {0xfa, ES | PT},      {0xfb, FR},
    {0xfc, DE | TR}, {0xfd, 0},       {0x101, 0},           {0x103, 0},
    {0x105, PL},     {0x107, PL},     {0x10d, 0},           {0x10f, 0},
    {0x111, 0},      {0x119, PL},     {0x11b, 0},           {0x11f, TR},
    {0x12b, 0},      {0x131, TR},     {0x142, PL},          {0x144, PL},
    {0x151, 0},      {0x153, FR},     {0x159, 0},           {0x15b, PL},
    {0x15f, TR},     {0x161, 0},      {0x16b, 0},           {0x16f, 0},
    {0x171, 0},      {0x17a, PL},     {0x17c, PL},          {0x17e, 0},
    {0x1a1, 0},      {0x1b0, 0},      {0x219, 0},           {0x21b, 0},
};

/* Words that say which version of a song it is, in whatever language it is sung. */
static const char *const version_words[] = {
    "feat",         "ft",       "featuring", "with",     "live",      "remaster", "remastered",
    "remix",        "mix",      "version",   "edit",     "radio",     "acoustic", "demo",
    "instrumental", "mono",     "stereo",    "bonus",    "deluxe",    "edition",  "soundtrack",
    "original",     "extended", "session",   "sessions", "interlude", "skit",
};

/* Hindi and Punjabi in Latin letters, of which some words look like German or Turkish ones. */
static const char *const foreign_words[] = {"dil",  "hai",  "ishq", "jaan", "jatt",  "kya",
                                            "meri", "mera", "mere", "naal", "pyaar", "pyar",
                                            "tera", "tere", "teri", "yaar"};

struct evidence {
    unsigned score[LATIN];
    size_t script[WORD_SCRIPTS]; /* letters */
    size_t devanagari;
    bool foreign; /* a letter of none of the languages */
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void evidence_add(struct evidence *v, unsigned languages, unsigned weight)
{
    unsigned n = 0;
    for (size_t i = 0; i < LATIN; i++) {
        n += languages >> i & 1;
    }
    weight *= n == 1 ? ALONE : n == 2 ? OF_TWO : OF_MORE;
    for (size_t i = 0; i < LATIN; i++) {
        v->score[i] += (languages >> i & 1) * weight;
    }
}

static bool word_is(const char *word, size_t n, const char *known)
{
    return strncmp(word, known, n) == 0 && known[n] == '\0';
}

static bool word_among(const char *word, size_t n, const char *const *words, size_t words_n)
{
    for (size_t i = 0; i < words_n; i++) {
        if (word_is(word, n, words[i])) {
            return true;
        }
    }
    return false;
}

static bool names_version(const char *s, size_t n)
{
    const char *end = s + n;
    const char *word;
    size_t len;
    while ((word = word_next(&s, &len)) != NULL && word < end) {
        if (word_among(word, len, version_words, COUNT(version_words))) {
            return true;
        }
    }
    return false;
}

/* Blanks out brackets, and what follows " - ", that name a version. text: lower case. */
static void version_cut(char *text)
{
    for (char *s = text; *s != '\0'; s++) {
        bool dash = s[0] == ' ' && s[1] == '-' && s[2] == ' ';
        if (*s != '(' && *s != '[' && !dash) {
            continue;
        }
        size_t n = dash ? strlen(s) : strcspn(s, ")]");
        if (names_version(s, n)) {
            memset(s, ' ', n);
        }
    }
}

static const struct common *common_find(const char *word, size_t n)
{
    size_t low = 0, high = COUNT(common);
    while (low < high) {
        size_t mid = (low + high) / 2;
        int order = strncmp(word, common[mid].word, n);
        order = order == 0 && common[mid].word[n] != '\0' ? -1 : order;
        if (order == 0) {
            return &common[mid];
        }
        low = order > 0 ? mid + 1 : low;
        high = order < 0 ? mid : high;
    }
    return NULL;
}

static void letter_take(struct evidence *v, uint32_t c, unsigned weight)
{
    v->script[word_script(c)]++;
    v->devanagari += c >= 0x900 && c < 0x980;
    if (c < 0x80) {
        return;
    }
    for (size_t i = 0; i < COUNT(letters); i++) {
        if (letters[i].letter == c && letters[i].languages != 0) {
            evidence_add(v, letters[i].languages, weight);
        }
        v->foreign |= letters[i].letter == c && letters[i].languages == 0;
    }
    /* Other languages in these scripts: Ukrainian and its neighbours, Persian and Urdu; Vietnamese.
     */
    v->foreign |= (c >= 0x452 && c < 0x482) || c == 0x491 || c == 0x67e || c == 0x686 ||
                  c == 0x698 || c == 0x6a9 || c == 0x6af || c == 0x6cc ||
                  (c >= 0x1e00 && c < 0x1f00);
}

static void text_take(struct evidence *v, const char *s, unsigned weight)
{
    char text[TEXT_SIZE];
    word_lower(s, text, sizeof(text));
    version_cut(text);
    const char *at = text;
    for (uint32_t c; (c = word_decode(&at)) != 0;) {
        letter_take(v, c, weight);
    }
    at = text;
    const char *word;
    size_t n;
    while ((word = word_next(&at, &n)) != NULL) {
        v->foreign |= word_among(word, n, foreign_words, COUNT(foreign_words));
        const struct common *found = common_find(word, n);
        if (found != NULL) {
            evidence_add(v, found->languages, weight);
        }
    }
}

/* By script: a code, "" for none, NULL for Latin. A few Latin letters beside others count little.
 */
static const char *script_tell(const struct evidence *v)
{
    static const struct {
        enum word_script script;
        const char *code;
    } known[] = {{WORD_HANGUL, "ko"},   {WORD_KANA, "ja"},  {WORD_HAN, "zh"},
                 {WORD_CYRILLIC, "ru"}, {WORD_GREEK, "el"}, {WORD_HEBREW, "he"},
                 {WORD_ARABIC, "ar"},   {WORD_THAI, "th"},  {WORD_INDIC, "hi"}};
    size_t best = 0;
    size_t others = 0;
    for (size_t i = 0; i < COUNT(known); i++) {
        size_t n = v->script[known[i].script];
        others += n;
        /* Japanese is Han and kana, Korean at times Han and Hangul: the first ones win. */
        if (n > v->script[known[best].script] && !(i == 2 && v->script[known[best].script] > 0)) {
            best = i;
        }
    }
    if (others == 0 || 3 * others < v->script[WORD_LATIN]) {
        return NULL;
    }
    bool unsure = v->foreign ||
                  (known[best].script == WORD_INDIC && 2 * v->devanagari < v->script[WORD_INDIC]);
    return unsure ? "" : known[best].code;
}

void language_tell(const char *title, const char *album, char ret_code[3])
{
    struct evidence v = {.score = {0}};
    text_take(&v, title, TITLE);
    text_take(&v, album, 1);
    const char *code = script_tell(&v);
    if (code == NULL) {
        size_t best = 0;
        for (size_t i = 1; i < LATIN; i++) {
            best = v.score[i] > v.score[best] ? i : best;
        }
        unsigned second = 0;
        for (size_t i = 0; i < LATIN; i++) {
            second = i != best && v.score[i] > second ? v.score[i] : second;
        }
        bool sure = !v.foreign && v.score[best] >= ENOUGH && v.score[best] >= 2 * second;
        code = sure ? codes[best] : "";
    }
    memcpy(ret_code, code[0] != '\0' ? code : "\0\0", 3);
}

bool language_known(const char *code)
{
    for (size_t i = 0; i < COUNT(codes); i++) {
        if (strcasecmp(code, codes[i]) == 0) {
            return true;
        }
    }
    return false;
}
