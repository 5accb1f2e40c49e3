#!/bin/sh
# clang-format decides; files and lines have a limit.
set -u
status=0
sources=$(find base spotify store classifier daemon tests -name '*.[ch]')
# shellcheck disable=SC2086
clang-format --dry-run --Werror $sources 2>&1 | grep -m 20 'error:' && status=1
for file in $sources; do
    lines=$(wc -l <"$file")
    case $file in tests/*) limit=800 ;; *) limit=500 ;; esac
    [ "$lines" -le $limit ] || { echo "$file: $lines lines"; status=1; }
done
exit $status
