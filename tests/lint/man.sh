#!/bin/sh
# The manual pages compile, and mandoc finds nothing but the empty paragraphs that scdoc always makes.
set -u
out=${1:-build/gcc}
status=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for source in etc/*.scd; do
    page=$work/$(basename "$source" .scd)
    if ! { sh etc/generate.sh "$out/genrectl" "$source" >"$page.scd" && scdoc <"$page.scd" >"$page"; } 2>"$work/why"; then
        echo "$source: $(head -1 "$work/why")"
        status=1
        continue
    fi
    mandoc -T lint -W warning "$page" | sed "s|$work/||" | grep -v 'skipping paragraph macro' && status=1
done
exit $status
