#!/bin/sh
# generate.sh GENRECTL FILE: prints FILE with its generated parts made anew.
#   scdoc:     a line "; generated: NAME" becomes the part
#   Markdown:  what stands between "<!-- generated: NAME -->" and "<!-- end -->" becomes the part
# NAME is a format of `genrectl manual`, or genres, card-inputs or card-families.
set -eu
genrectl=$1
file=$2
card=classifier/model/CARD.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The rows of the card's table whose head begins with the words given.
card_table() {
    awk -v head="| $1 |" 'index($0, head) == 1 { on = 1 } on && !/^\|/ { exit } on' "$card"
}

part() {
    case $1 in
    card-inputs) card_table inputs ;;
    card-families) card_table family ;;
    genres)
        card_table family | awk -F'|' 'NR > 2 { gsub(/ /, "", $2); print $2 }' | sort |
            paste -s -d' ' | sed 's/ /, /g' | fold -s -w 110 | sed 's/ *$//'
        ;;
    *) "$genrectl" manual --format "$1" ;;
    esac
}

sed -n -e 's/^; generated: \([a-z-]*\)$/\1/p' -e 's/^<!-- generated: \([a-z-]*\) -->$/\1/p' "$file" |
    while read -r name; do
        part "$name" >"$work/$name"
        [ -s "$work/$name" ] || { echo "$file: nothing is known of the part $name" >&2; exit 1; }
    done

awk -v work="$work" '
    function put(name,   line) {
        while ((getline line < (work "/" name)) > 0) print line
        close(work "/" name)
    }
    /^; generated: / { put($3); next }
    /^<!-- end -->$/ { skip = 0 }
    !skip { print }
    /^<!-- generated: / { put($3); skip = 1 }
    END { if (skip) exit 1 }' "$file"
