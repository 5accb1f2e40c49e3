#!/bin/sh
# Runs test programs, quiet about those that pass. $RUNNER stands before each.
set -u
passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for test in "$@"; do
    # shellcheck disable=SC2086
    if ${RUNNER:-} "$test" >"$log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf '%s failed:\n' "$test"
        cat "$log"
    fi
done
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
