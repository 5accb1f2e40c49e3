#!/bin/sh
# Which folder may include which, and which library belongs to which file (see "How it works" in README.md).
set -u
status=0

# layer FOLDER FORBIDDEN-REGEX: no file of the folder includes what matches.
layer() {
    found=$(grep -rnE "^#include [\"<]($2)" "$1" --include='*.[chS]')
    [ -z "$found" ] || { echo "$found"; status=1; }
}
# only HEADER-REGEX FILE-REGEX: no other file includes the header.
only() {
    found=$(grep -rlE "^#include [\"<]($1)" base spotify store classifier daemon --include='*.[ch]' |
        grep -vE "^($2)\$")
    [ -z "$found" ] || { echo "$found includes $1"; status=1; }
}

layer base 'spotify/|store/|classifier/|daemon/'
layer spotify 'store/|classifier/|daemon/'
layer store 'spotify/|classifier/|daemon/'
layer classifier 'spotify/|store/|daemon/'
layer classifier/audio 'classifier/[a-z_]+\.h|classifier/source/|classifier/sound/'
layer classifier/sound 'classifier/source/'
layer daemon/jobs 'daemon/[a-z_]+\.h|daemon/net/'
layer daemon/net 'spotify/|store/|classifier/|daemon/[a-z_]+\.h'
found=$(grep -rnE '^#include "daemon/jobs/' daemon/net | grep -v 'daemon/jobs/job\.h')
[ -z "$found" ] || { echo "$found"; status=1; }
only 'sqlite3\.h' 'store/[a-z_]+\.[ch]'
only 'cjson/|cJSON' 'base/json\.c'
only 'openssl/' 'base/(password|rand|seal)\.c'
only 'uv\.h|curl/|microhttpd' 'daemon/net/[a-z_]+\.[ch]'
only 'cblas' 'classifier/[a-z_]+\.c'
only 'sndfile' 'classifier/audio/decode\.c'
only 'soxr' 'classifier/audio/resample\.c'
only 'libav|libsw' 'classifier/audio/decode_av\.c'
only 'png' 'classifier/audio/picture\.c'
only 'linux/seccomp' 'classifier/audio/cage\.c'
if grep -rn 'tests/\|daemon/\|spotify/' tests/fake/*.py | grep -E '^\S+:\s*(import|from)'; then
    echo 'the fake must share nothing with the product'
    status=1
fi
exit $status
