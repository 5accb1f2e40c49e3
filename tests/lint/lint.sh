#!/bin/sh
# Everything that a look at the sources can hold: format, layers, names, banned functions, documents.
set -u
cd "$(dirname "$0")/../.." || exit 1
out=${1:-build/gcc}
status=0
for script in format layers names banned readme man units shell; do
    [ -f "tests/lint/$script.sh" ] || continue
    if ! sh "tests/lint/$script.sh" "$out"; then
        printf 'lint: %s failed\n' "$script"
        status=1
    fi
done
exit $status
