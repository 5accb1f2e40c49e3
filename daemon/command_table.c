/* The options and the commands. */
#include "daemon/command.h"

#define BIT(option) (UINT64_C(1) << OPTION_##option)

const struct command_option_row command_option_rows[OPTION_N] = {
    {OPTION_NO_BROWSER, "no-browser", NULL, false, WORDS_NONE,
     "Only print the address; open no browser."},
    {OPTION_PASTE, "paste", NULL, false, WORDS_NONE,
     "Read the address that the browser ended at from standard input, for a machine reached by "
     "ssh."},
    {OPTION_OPEN, "open", NULL, false, WORDS_NONE, "Open the page in a browser."},
    {OPTION_PASSWORD, "password", NULL, false, WORDS_NONE,
     "Read a password for the page, twice from a terminal, else one line."},
    {OPTION_NO_PASSWORD, "no-password", NULL, false, WORDS_NONE, "Take the password away."},
    {OPTION_REFRESH, "refresh", NULL, false, WORDS_NONE,
     "forget what Spotify refused this app, so that the next sync asks again"},
    {OPTION_GENRES, "genres", "A,B", false, WORDS_GENRES,
     "Choose these genres from now on, between commas."},
    {OPTION_DRY_RUN, "dry-run", NULL, false, WORDS_NONE,
     "Show what would be written; write nothing, not even locally."},
    {OPTION_THRESHOLD, "threshold", "P", false, WORDS_NONE,
     "Probability from which a song belongs to a genre, 0 to 1, in this run alone; [sort] "
     "threshold "
     "is for all."},
    {OPTION_WAIT, "wait", NULL, false, WORDS_NONE,
     "Sort only when all sources have answered, which may take hours the first time."},
    {OPTION_YES, "yes", NULL, false, WORDS_NONE,
     "Do not ask first; with sync and sort: also take out what was judged anew, and many songs "
     "that "
     "are no longer among yours."},
    {OPTION_PLAN, "plan", "FILE", false, WORDS_FILES,
     "Write what would be done into this file, as a dry run; apply carries it out."},
    {OPTION_MAY_REMOVE, "may-remove", NULL, false, WORDS_NONE,
     "genred may also take out again what it put in; your own songs stay in any case."},
    {OPTION_AS, "as", "GENRE", false, WORDS_GENRES,
     "Label all songs of the playlists with this genre."},
    {OPTION_NOT, "not", "A,B", false, WORDS_GENRES, "Genres that it is not of, between commas."},
    {OPTION_FORGET, "forget", NULL, false, WORDS_NONE,
     "First take back what was said of the song before; with exclude: let it in again; with "
     "logout: "
     "forget everything."},
    {OPTION_ARTIST, "artist", NULL, false, WORDS_NONE, "Artists are meant, not songs."},
    {OPTION_COUNT, "count", "N", false, WORDS_NONE, "At most that many; -n for short."},
    {OPTION_PLAYLIST, "playlist", "GENRE", false, WORDS_GENRES,
     "Instead of to one song, to all that are in the playlist of this genre."},
    {OPTION_FROM, "from", "FILE", false, WORDS_FILES,
     "Take songs from this file, a CSV as for classify, instead of the liked ones; needs no "
     "daemon."},
    {OPTION_MODEL, "model", "FILE", false, WORDS_FILES,
     "Use this model instead of the one that came with genred."},
    {OPTION_DATA, "data", "FILE", true, WORDS_FILES, "Labelled songs; may be given several times."},
    {OPTION_FAMILIES, "families", "FILE", false, WORDS_FILES,
     "Table of tags and the genre family of each."},
    {OPTION_ARTISTS, "artists", "FILE", false, WORDS_FILES,
     "Further tags of artists, with the columns artist and tags."},
    {OPTION_PLAYLISTS, "playlists", "FILE", false, WORDS_FILES,
     "Playlists, with the columns playlist and track_ids: which songs belong together."},
    {OPTION_CORRECTIONS, "corrections", NULL, false, WORDS_NONE,
     "Measure what corrections of simulated persons with such playlists are worth."},
    {OPTION_HTML, "html", "FILE", false, WORDS_FILES, "Where to write a page with figures."},
    {OPTION_CURVE, "curve", "FILE", false, WORDS_FILES,
     "Where to draw loss and scores of the epochs, as SVG."},
    {OPTION_OUT, "out", "FILE", false, WORDS_FILES,
     "Where to write the model (genred.model), or a comparison as JSON."},
    {OPTION_CARD, "card", "FILE", false, WORDS_FILES,
     "Where to write what was done and how well it went, in Markdown."},
    {OPTION_REPORT, "report", "FILE", false, WORDS_FILES,
     "Where to write what cleaning the data found, file by file."},
    {OPTION_SEED, "seed", "N", false, WORDS_NONE, "Seed of everything random (1)."},
    {OPTION_EPOCHS, "epochs", "N", false, WORDS_NONE, "Times that the data is gone through."},
    {OPTION_COMPARE, "compare", NULL, false, WORDS_NONE,
     "Train kNN, a random forest, logistic regression and the model on a part of the files "
     "instead, "
     "and compare."},
    {OPTION_ROWS, "rows", "N", false, WORDS_NONE,
     "Compare with at most so many songs to train on (20000)."},
    {OPTION_DUMP, "dump", "DIR", false, WORDS_FILES,
     "Compare kNN and the random forest only, and write what they see there."},
    {OPTION_AUDIO, "audio", "DIR", false, WORDS_FILES,
     "Sound files: a folder with one folder per genre, or a CSV with path and labels."},
    {OPTION_TABLE, "table", "FILE", false, WORDS_FILES,
     "A published table of librosa features with filename and label, as GTZAN's."},
    {OPTION_AUGMENT, "augment", NULL, false, WORDS_NONE,
     "Learn from changed takes of the recordings, too, and show what that does."},
    {OPTION_CSV, "csv", NULL, false, WORDS_NONE, "Print a table for programs, one row per file."},
    {OPTION_PNG, "png", "OUT", false, WORDS_FILES,
     "Also draw waveform, mel spectrogram and chromagram into this file."},
    {OPTION_FORMAT, "format", "NAME", false, WORDS_NONE, "What to print."},
    {OPTION_ACCOUNT, "account", "NAME", false, WORDS_NONE,
     "Serve this further account instead of the first, as with $GENRED_ACCOUNT; a new name makes "
     "one."},
    {OPTION_CONFIG, "config", "FILE", false, WORDS_FILES, "Read this configuration file."},
    {OPTION_JSON, "json", NULL, false, WORDS_NONE,
     "Print JSON: one document, or one per line for long work."},
    {OPTION_QUIET, "quiet", NULL, false, WORDS_NONE, "Show no progress."},
    {OPTION_NO_COLOR, "no-color", NULL, false, WORDS_NONE, "Use no colours, as with $NO_COLOR."},
    {OPTION_HELP, "help", NULL, false, WORDS_NONE, "Explain the command, or all of them."},
    {OPTION_VERSION, "version", NULL, false, WORDS_NONE, "Print the version."},
};

const struct command_row command_rows[] = {
    {COMMAND_LOGIN, "login", "", 0, 0, COMMAND_WORK, false, WORDS_NONE,
     BIT(NO_BROWSER) | BIT(PASTE), 0, "Log in to Spotify.",
     "Prints the address of Spotify's consent page, opens it in a browser, and waits until you "
     "have agreed there. On a machine without a browser use --paste: open the address anywhere, "
     "and paste the address that your browser ends at, even if that page cannot be shown."},
    {COMMAND_LOGOUT, "logout", "", 0, 0, COMMAND_ASK, false, WORDS_NONE, BIT(FORGET) | BIT(YES), 0,
     "Forget the login.",
     "Removes the stored tokens. Playlists and the local database stay as they are; with --forget "
     "the database is emptied too: songs, tags, your labels, the record of what genred wrote. The "
     "playlists at Spotify and the page's password stay in any case."},
    {COMMAND_STATUS, "status", "", 0, 0, COMMAND_ASK, false, WORDS_NONE, BIT(REFRESH), 0,
     "Show login, songs, playlists and what runs.", "The command that is run when none is named."},
    {COMMAND_SYNC, "sync", "", 0, 0, COMMAND_WORK, false, WORDS_NONE, BIT(WAIT) | BIT(YES), 0,
     "Read new likes and bring the playlists up to date.",
     "What the daemon does by itself every sync_interval."},
    {COMMAND_SORT, "sort", "", 0, 0, COMMAND_WORK, false, WORDS_NONE,
     BIT(GENRES) | BIT(DRY_RUN) | BIT(PLAN) | BIT(THRESHOLD) | BIT(WAIT) | BIT(YES), 0,
     "Choose genres and put the liked songs into their playlists.",
     "The genres chosen last are remembered, and count more than those of the configuration file. "
     "The playlist of a genre that is no longer chosen stays as it is. What you took out of a "
     "playlist stays out, what you put in stays in. A song that stands there leaves for a new "
     "judgement (tags that came late, another model) only with --yes."},
    {COMMAND_APPLY, "apply", "FILE", 1, 1, COMMAND_WORK, false, WORDS_FILES, 0, 0,
     "Carry out a plan that sort --plan wrote.",
     "Exactly what stands in the file, as you edited it. When a playlist has changed since, "
     "nothing "
     "is done, and the lines are named."},
    {COMMAND_UNDO, "undo", "[RUN]", 0, 1, COMMAND_WORK, false, WORDS_NONE, 0, 0,
     "Take back what a run wrote.",
     "Without a number the newest run that wrote something. The playlists become what they were, "
     "with what you did to them since; what an undo took out stays out. A playlist that the run "
     "made is unfollowed if nothing but its songs is in it. An undo is a run, and can be undone."},
    {COMMAND_ADOPT, "adopt", "PLAYLIST GENRE", 2, 2, COMMAND_WORK, false, WORDS_GENRES,
     BIT(MAY_REMOVE), 0, "Take one of your own playlists under care.",
     "PLAYLIST is its id, address or name. genred puts in your songs of the genre and takes none "
     "out; those that are in it already tell it what you mean by the genre."},
    {COMMAND_LEARN, "learn", "PLAYLIST...", 1, COMMAND_VALUES_MAX, COMMAND_WORK, false, WORDS_NONE,
     BIT(AS), 0, "Read playlists of yours as examples of a genre.",
     "Tells which genres their songs have, and offers a rule for a genre of your own, with how "
     "well "
     "it finds them among your songs; nothing is changed. With --as their songs become labels, as "
     "if you had said of each that it is of that genre."},
    {COMMAND_RELEASE, "release", "GENRE", 1, 1, COMMAND_WORK, false, WORDS_GENRES, 0, 0,
     "Leave the playlist of a genre to yourself.",
     "genred does not touch it any more. The genre is no longer chosen."},
    {COMMAND_GENRES, "genres", "", 0, 0, COMMAND_ASK, false, WORDS_NONE, 0, 0,
     "Show the tree of genres with the number of your songs in each.",
     "Chosen genres are marked. A song may be of several genres."},
    {COMMAND_LIST, "list", "GENRE", 1, 1, COMMAND_ASK, false, WORDS_GENRES, 0, 0,
     "List your songs of a genre, surest first.",
     "A mark tells which of them are in the genre's playlist."},
    {COMMAND_REVIEW, "review", "", 0, 0, COMMAND_ASK, false, WORDS_NONE, BIT(COUNT), 0,
     "List your songs that are sure enough of no genre.",
     "Nearest misses first, with the two best guesses, each genre's threshold, and what is missing "
     "to be surer. Such songs are in no playlist; say with label where they belong."},
    {COMMAND_WHY, "why", "TRACK", 1, 1, COMMAND_ASK, false, WORDS_NONE,
     BIT(GENRES) | BIT(FROM) | BIT(MODEL), 0,
     "Tell what spoke for and against the genres of a song.",
     "TRACK is the song's id, URI, address or name. Shares are Owen values: they add up to what "
     "the model says."},
    {COMMAND_LABEL, "label", "TRACK [GENRE...]", 1, COMMAND_VALUES_MAX, COMMAND_ASK, false,
     WORDS_GENRES, BIT(NOT) | BIT(FORGET), 0, "Say of which genres a song is.",
     "Your word stands above the model's, at once. Songs of the same artist and songs like it move "
     "with it; which ones is told. The song itself and what it lets in follow with the next sync; "
     "others that stand in a playlist leave it only with sort --yes."},
    {COMMAND_EXCLUDE, "exclude", "[SONG|ARTIST...]", 0, COMMAND_VALUES_MAX, COMMAND_ASK, false,
     WORDS_NONE, BIT(FORGET) | BIT(ARTIST), 0,
     "Keep songs or artists out of all playlists for good.",
     "SONG is as with label; ARTIST is an id, URI, address or the whole name. What genred put into "
     "a playlist leaves it with the next sync; what you put there yourself stays. Without a name: "
     "lists what is excluded."},
    {COMMAND_SIMILAR, "similar", "[TRACK]", 0, 1, COMMAND_ASK, false, WORDS_NONE,
     BIT(PLAYLIST) | BIT(COUNT) | BIT(FROM) | BIT(MODEL), 0,
     "List the songs that are closest to a song or to a playlist.",
     "TRACK is the song's id, URI, address or name."},
    {COMMAND_SOURCES, "sources", "", 0, 0, COMMAND_ASK, false, WORDS_NONE, 0, 0,
     "Show what each source of statistics and tags knows of your songs.",
     "With its last answer, its last error, and what is still to be asked."},
    {COMMAND_WEB, "web", "", 0, 0, COMMAND_ASK, false, WORDS_NONE,
     BIT(OPEN) | BIT(PASSWORD) | BIT(NO_PASSWORD), 0,
     "Show the page's address and who may open it.",
     "A new password has at least 8 characters, counts at once, and whoever was in gives it anew. "
     "On another address than this machine's own, and with page_host, the page is there only with "
     "one."},
    {COMMAND_IMPORT, "import", "FILE...", 1, COMMAND_VALUES_MAX, COMMAND_ASK, false, WORDS_FILES, 0,
     0, "Take statistics and tags from files.",
     "A CSV, gzip too: an Exportify export, a track table, or one of the lists that people "
     "publish. "
     "Songs are found by id, ISRC, or artist and title. It counts where [sources] order has "
     "\"dataset\"; nothing is sent anywhere."},
    {COMMAND_RUNS, "runs", "[show RUN]", 0, 2, COMMAND_ASK, false, WORDS_NONE, 0, 0,
     "List the last runs and how they ended, or show what one wrote.", "Newest first."},
    {COMMAND_BACKUP, "backup", "[FILE]", 0, 1, COMMAND_ASK, false, WORDS_FILES, 0, 0,
     "Write genred's playlists and what you said of songs into a file.",
     "A text, to standard output without FILE: your playlists and their songs, labels, exclusions, "
     "and the chosen genres, for restore. No login, and nothing of what other services told, is "
     "in it."},
    {COMMAND_RESTORE, "restore", "FILE", 1, 1, COMMAND_ASK, false, WORDS_FILES, 0, 0,
     "Take over what backup wrote.",
     "Before or after the login on the new machine. It adds what is missing, a later word on a "
     "song "
     "counts, and nothing is deleted; a file that is not whole changes nothing."},
    {COMMAND_WATCH, "watch", "", 0, 0, COMMAND_WORK, false, WORDS_NONE, 0, 0,
     "Follow what the daemon does until interrupted.",
     "Shows the progress and the end of every run, whoever started it."},
    {COMMAND_CANCEL, "cancel", "", 0, 0, COMMAND_PLAIN, false, WORDS_NONE, 0, 0,
     "Stop the run in progress.", "What it has done so far is kept; the next run goes on there."},
    {COMMAND_ACCOUNTS, "accounts", "", 0, 0, COMMAND_PLAIN, false, WORDS_NONE, 0, 0,
     "List the accounts beside the first, and whether a daemon serves each.",
     "Starts no daemon. An account is made by its first login: genrectl --account NAME login."},
    {COMMAND_PATHS, "paths", "", 0, 0, COMMAND_PLAIN, false, WORDS_NONE, 0, 0,
     "Show where configuration, state, socket and page are.", "Starts no daemon."},
    {COMMAND_DOCTOR, "doctor", "", 0, 0, COMMAND_PLAIN, false, WORDS_NONE, 0, 0,
     "Check the installation and say what to do.",
     "Checks configuration, directories, clock, network, login and model."},
    {COMMAND_DROP, "drop", "GENRE", 1, 1, COMMAND_WORK, false, WORDS_GENRES, BIT(YES), 0,
     "Unfollow the playlist of a genre.",
     "Asks first. The genre is no longer chosen; its songs stay liked."},
    {COMMAND_CLASSIFY, "classify", "FILE", 1, 1, COMMAND_LOCAL, false, WORDS_FILES, BIT(MODEL), 0,
     "Label the songs of a file.",
     "Reads an Exportify export or any CSV file with names and with ids or artists, and prints "
     "one line of JSON per song with the probability of every genre, best first. Needs no login, "
     "network, daemon or configuration."},
    {COMMAND_FEATURES, "features", "FILE...", 1, COMMAND_VALUES_MAX, COMMAND_LOCAL, false,
     WORDS_FILES, BIT(CSV) | BIT(PNG), 0, "Measure what sound files sound like.",
     "Reads WAV, AIFF, FLAC, Ogg, Opus and MP3 (M4A if built for it), and prints mean and variance "
     "(--json and --csv also the range) of the features that librosa 0.10 computes by default: "
     "MFCC, chroma, spectral shape, loudness, tempo and others. "
     "Of a file longer than an hour the first hour is read; chroma and tonnetz are of the first "
     "ten "
     "minutes. Each file is read by a process of its own that may do nothing else. What cannot be "
     "used is told, and the next file goes on. Needs no login, network, daemon or configuration."},
    {COMMAND_TRAIN, "train", "", 0, COMMAND_VALUES_MAX, COMMAND_LOCAL, false, WORDS_FILES,
     BIT(DATA) | BIT(FAMILIES) | BIT(ARTISTS) | BIT(PLAYLISTS) | BIT(OUT) | BIT(CARD) | BIT(CURVE) |
         BIT(REPORT) | BIT(SEED) | BIT(EPOCHS),
     BIT(DATA) | BIT(FAMILIES), "Train a model.",
     "The same data and seed give the same model. The files are CSV, gzip too, with columns in any "
     "order: track_name, artists or artist_name, track_id or isrc, artist_genres or a column of "
     "genres (genre, track_genre, music_genre, playlist_genre), audio statistics. Bad rows are "
     "told "
     "and skipped; a file that cannot be used is refused, and the old model stays."},
    {COMMAND_EVAL, "eval", "", 0, COMMAND_VALUES_MAX, COMMAND_LOCAL, false, WORDS_FILES,
     BIT(DATA) | BIT(FAMILIES) | BIT(MODEL) | BIT(PLAYLISTS) | BIT(CORRECTIONS) | BIT(HTML) |
         BIT(COMPARE) | BIT(ROWS) | BIT(SEED) | BIT(EPOCHS) | BIT(DUMP) | BIT(OUT) | BIT(AUDIO) |
         BIT(TABLE) | BIT(AUGMENT),
     0, "Measure a model on songs of artists that it was not trained on.",
     "Prints the scores per genre and on average. --compare trains plain models and this one anew "
     "with random songs, random songs without duplicates, and songs of other artists than those "
     "asked about, and prints how well each does with each kind of input; --rows, --seed, "
     "--epochs, "
     "--out and --dump are for it. --audio and --table train models of sound (kNN, random forest, "
     "logistic regression, MLP; with --audio also a CNN and LSTMs) on all folds but one and "
     "measure "
     "them on that, in turn."},
    {COMMAND_COMPLETION, "completion", "bash|zsh|fish", 1, 1, COMMAND_LOCAL, false, WORDS_SHELLS, 0,
     0, "Print the completions for a shell.",
     "For instance: genrectl completion bash > ~/.local/share/bash-completion/completions/"
     "genrectl"},
    {COMMAND_HELP, "help", "[COMMAND]", 0, 1, COMMAND_LOCAL, false, WORDS_COMMANDS, 0, 0,
     "Explain a command, or all of them.", "The same as COMMAND --help."},
    {COMMAND_MANUAL, "manual", "", 0, 0, COMMAND_LOCAL, true, WORDS_NONE, BIT(FORMAT), 0,
     "Print the reference that the documents are made from.",
     "--format is commands-markdown, commands-scdoc, config-markdown, config-scdoc or config."},
};
const size_t command_n_rows = sizeof(command_rows) / sizeof(command_rows[0]);
_Static_assert(sizeof(command_rows) / sizeof(command_rows[0]) <= 64, "COMMAND_MOST of command.c");
