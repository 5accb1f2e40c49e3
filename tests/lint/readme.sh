#!/bin/sh
# What is printed from tables is current, in README.md and etc/genred.conf; its links lead somewhere.
set -u
out=${1:-build/gcc}
status=0
fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT
# current FILE COMMAND...: what the command prints is what the file holds.
current() {
    file=$1
    shift
    if ! "$@" >"$fresh"; then
        echo "$file: cannot be made anew"
        status=1
    elif ! cmp -s "$fresh" "$file"; then
        line=$(cmp "$fresh" "$file" 2>/dev/null | sed 's/.*line //')
        echo "$file:${line:-1}: stale, see $again"
        status=1
    fi
}
again='make readme'
current README.md sh etc/generate.sh "$out/genrectl" README.md
again='genrectl manual --format config'
current etc/genred.conf "$out/genrectl" manual --format config
for link in $(grep -o '](\([^)#:]*\))' README.md | tr -d '()]'); do
    [ -e "$link" ] || { echo "README.md: no file $link"; status=1; }
done
exit $status
