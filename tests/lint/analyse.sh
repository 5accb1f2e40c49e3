#!/bin/sh
# clang-tidy and cppcheck over the sources named.
set -u
status=0
version=$(cat etc/version)
: >build/tidy.log
for file in "$@"; do echo "$file"; done | xargs -P 2 -n 6 sh -c '
    version=$0
    clang-tidy --quiet --warnings-as-errors="*" "$@" -- -std=c17 -I. -D_GNU_SOURCE \
        -DGENRED_VERSION="\"$version\"" -DGENRED_SYSCONFDIR="\"/etc\"" \
        -DGENRED_CONTACT="\"nobody\"" >>build/tidy.log 2>/dev/null' "$version" || status=1
[ $status = 0 ] || grep -E 'warning:|error:' build/tidy.log | sort -u
cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
    --suppress=missingIncludeSystem -I. -D_GNU_SOURCE "-DGENRED_VERSION=\"$version\"" \
    '-DGENRED_SYSCONFDIR="/etc"' '-DGENRED_CONTACT="nobody"' -j 2 "$@" || status=1
exit $status
