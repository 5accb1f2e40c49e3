#!/bin/sh
# The whole way in one minute, against the sandbox: log in without a browser, sort, look.
set -eu
build=${1:-build}
state=$(mktemp -d)
fake=
stop() {
    [ -z "$fake" ] || kill "$fake" 2>/dev/null || true
    [ -z "$fake" ] || wait "$fake" 2>/dev/null || true
    rm -rf "$state"
}
trap stop EXIT
trap 'exit 130' INT TERM

echo 'Starting the sandbox: a stand-in for Spotify, as an app registered today meets it, with 600 made-up'
echo 'liked songs, and for the services that know what such an app is not told ...'
mkfifo "$state/ready"
python3 tests/fake/fake.py --songs 600 --regime restricted >"$state/ready" &
fake=$!
read -r ready <"$state/ready"
field() { printf '%s' "$ready" | python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }

for name in $(env | sed -n 's/^\(GENRED_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
cat >"$state/genred.conf" <<EOF
[spotify]
client_id = $(field client_id)
redirect_port = 0
api_url = $(field api_url)
accounts_url = $(field accounts_url)
[sources]
reccobeats_url = $(field reccobeats_url)
musicbrainz_url = $(field musicbrainz_url)
musicbrainz_interval = 20ms
[daemon]
state_dir = $state/state
listen = off
EOF
genrectl() { "$build/genrectl" --config "$state/genred.conf" "$@"; }

curl -sS -o /dev/null -d '{"musicbrainz_interval_ms": 0}' "$(field control_url)/switch"
echo 'Logging in, with curl in place of a browser ...'
mkfifo "$state/login"
genrectl login --no-browser >"$state/login" 2>/dev/null &
login=$!
while read -r line; do
    case $line in
    http*) curl -sSL -o /dev/null "$line" ;;
    *) echo "  $line" ;;
    esac
done <"$state/login"
wait "$login"

echo
genrectl sort --wait --genres rock,indie,pop,hip-hop,electronic,jazz,metal,folk,classical 2>/dev/null
echo
genrectl sources 2>/dev/null
cat <<'EOF'

That was the sandbox. With your own account:
  1. register an app at https://developer.spotify.com/dashboard (its owner needs Premium), with the
     redirect URI http://127.0.0.1/callback
  2. put its Client ID into ~/.config/genred/genred.conf:
         [spotify]
         client_id = ...
  3. build/genrectl login
  4. build/genrectl sort --genres rock,jazz --dry-run      # look first, then without --dry-run
Or start build/genred and open http://127.0.0.1:8787/: its page leads through all of this.
README.md tells the rest, and how to have it done by itself from then on.
EOF
