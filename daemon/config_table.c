/* The keys, in the order in which they are documented. */
#include "daemon/config.h"

const char *const config_sources[] = {"spotify", "dataset", "reccobeats", "musicbrainz", "lastfm"};
const size_t config_n_sources = sizeof(config_sources) / sizeof(config_sources[0]);

#define AT(field) offsetof(struct config, field)

const struct config_key config_keys[] = {
    {"spotify", "client_id", CONFIG_TEXT, AT(client_id), "", 0, 0,
     "Client ID of the app that you registered at developer.spotify.com."},
    {"spotify", "redirect_port", CONFIG_INT, AT(redirect_port), "8888", 0, 65535,
     "Port on 127.0.0.1 that the login comes back to; 0 takes a free one."},
    {"spotify", "api_url", CONFIG_URL, AT(api_url), "https://api.spotify.com/v1", 0, 0,
     "Address of the Web API; https, or http on this machine."},
    {"spotify", "accounts_url", CONFIG_URL, AT(accounts_url), "https://accounts.spotify.com", 0, 0,
     "Address of the login service; likewise."},
    {"spotify", "max_calls_per_day", CONFIG_INT, AT(max_calls_per_day), "2000", 0, 1000000,
     "Calls to Spotify in any 24 hours; a run that would need more ends, and goes on by itself; 0: "
     "no ceiling."},
    {"sources", "order", CONFIG_SOURCES, AT(order),
     "spotify, dataset, reccobeats, musicbrainz, lastfm", 0, 0,
     "Where statistics and tags of songs come from, between commas: the first that knows a value "
     "counts; one that is left out is neither asked nor used."},
    {"sources", "reccobeats_url", CONFIG_URL, AT(reccobeats_url), "https://api.reccobeats.com", 0,
     0, "Address of ReccoBeats: audio statistics by Spotify id."},
    {"sources", "musicbrainz_url", CONFIG_URL, AT(musicbrainz_url), "https://musicbrainz.org/ws/2",
     0, 0, "Address of MusicBrainz, or of a mirror of it: genre tags of artists."},
    {"sources", "musicbrainz_interval", CONFIG_DURATION, AT(musicbrainz_interval_ms), "1s", 0, 0,
     "Time between two requests there; less than 1s only for a mirror on this machine."},
    {"sources", "lastfm_url", CONFIG_URL, AT(lastfm_url), "https://ws.audioscrobbler.com/2.0", 0, 0,
     "Address of Last.fm: tags of artists and songs."},
    {"sources", "lastfm_key", CONFIG_TEXT, AT(lastfm_key), "", 0, 0,
     "Your API key for Last.fm; empty: Last.fm is not asked."},
    {"sources", "contact", CONFIG_TEXT, AT(contact), "", 0, 0,
     "Mail or web address that these services may reach you at; it goes into the User-Agent."},
    {"daemon", "state_dir", CONFIG_PATH, AT(state_dir), NULL, 0, 0,
     "Directory of the database and the key; else $STATE_DIRECTORY, $XDG_STATE_HOME/genred or "
     "~/.local/state/genred."},
    {"daemon", "socket", CONFIG_PATH, AT(socket), NULL, 0, 0,
     "Unix socket of the daemon; else genred.sock in state_dir if that is set, in "
     "$RUNTIME_DIRECTORY, in $XDG_RUNTIME_DIR/genred, or in the state directory."},
    {"daemon", "socket_group", CONFIG_TEXT, AT(socket_group), "", 0, 0,
     "Group that may use the socket too; empty: its owner alone."},
    {"daemon", "listen", CONFIG_LISTEN, AT(listen), "127.0.0.1:8787", 0, 0,
     "Address and port of the page; off: no page."},
    {"daemon", "page_host", CONFIG_TEXT, AT(page_host), "", 0, 0,
     "Name that the page also has, behind a reverse proxy: genred.example.org, without port; needs "
     "a "
     "password."},
    {"daemon", "sync_interval", CONFIG_DURATION, AT(sync_interval_ms), "6h", 0, 0,
     "Time between two syncs, as 90s, 15m, 6h or 2d; off: only when asked."},
    {"daemon", "log_level", CONFIG_LEVEL, AT(log_level), "info", 0, 0,
     "What is logged: error, warning, info or debug."},
    {"daemon", "on_failure", CONFIG_TEXT, AT(on_failure), "", 0, 0,
     "Command for /bin/sh that is run when a sync fails."},
    {"daemon", "keep_runs", CONFIG_INT, AT(keep_runs), "200", 1, 100000,
     "How many of the last runs are remembered."},
    {"daemon", "on_login_expiring", CONFIG_TEXT, AT(on_login_expiring), "", 0, 0,
     "Command for /bin/sh that is run 14, 7, 3 and 1 days before the login ends, and then."},
    {"sort", "from", CONFIG_PLACES, AT(from), "liked", 0, 0,
     "What is sorted, between commas: liked, albums (those you saved), playlist:ID (one of yours "
     "or "
     "one that you follow; its link will do); until you choose others in the page."},
    {"sort", "genres", CONFIG_LIST, AT(genres), "", 0, 0,
     "Genres that get a playlist, between commas, until you choose others in genrectl or the "
     "page."},
    {"sort", "threshold", CONFIG_NUM, AT(threshold), "", 0, 1,
     "Probability from which a song belongs to a genre, 0 to 1; empty: each genre's own, at which "
     "four of five songs are right."},
    {"sort", "playlist_name", CONFIG_TEMPLATE, AT(playlist_name), "{genre} (genred)", 0, 0,
     "Name of a new playlist; {genre} stands for the genre."},
    {"sort", "public", CONFIG_BOOL, AT(is_public), "no", 0, 0, "Whether new playlists are public."},
    {"sort", "min_tracks", CONFIG_INT, AT(min_tracks), "1", 0, 10000,
     "A genre with fewer songs than this gets no new playlist."},
    {"classifier", "model", CONFIG_PATH, AT(model), "", 0, 0,
     "Model file; empty: the one that came with genred."},
    {"classifier", "tree", CONFIG_PATH, AT(tree), NULL, 0, 0,
     "Your own genres: a file as genres.conf; else genres.conf beside the configuration file or in "
     "~/.config/genred, if it is there."},
};
const size_t config_n_keys = sizeof(config_keys) / sizeof(config_keys[0]);

_Static_assert(sizeof(config_keys) / sizeof(config_keys[0]) <= 64, "struct config.set has 64 bits");
