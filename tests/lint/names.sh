#!/bin/sh
# foo.c exports only foo_* (or folder_foo_*, or the folder's own prefix in store/ and daemon/).
set -u
out=${1:-build/gcc}
status=0
for object in "$out"/base/*.o "$out"/spotify/*.o "$out"/store/*.o "$out"/classifier/*.o "$out"/classifier/source/*.o "$out"/classifier/audio/*.o "$out"/classifier/sound/*.o \
    "$out"/daemon/*.o \
    "$out"/daemon/jobs/*.o "$out"/daemon/net/*.o; do
    file=$(basename "$object" .o)
    folder=$(basename "$(dirname "$object")")
    [ "$file" = main ] || [ "$file" = genrectl ] && continue
    bad=$(nm -g --defined-only "$object" | awk -v file="$file" -v folder="$folder" '
        NF == 3 {
            stem = file
            sub(/_[a-z]+$/, "", stem)
            ok = index($3, file "_") == 1 || $3 == file || index($3, folder "_" file) == 1 ||
                 index($3, stem "_") == 1 || index($3, folder "_") == 1
            if (!ok && $3 !~ /^__|^\.|^_/) print $3
        }')
    [ -z "$bad" ] || { echo "$object exports $bad"; status=1; }
done
exit $status
