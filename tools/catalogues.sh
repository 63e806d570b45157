#!/bin/sh
# Collects the translatable texts of each room that has catalogues, merges them into its .po files, compiles them.
set -eu
cd "$(dirname "$0")/.."
for locale in $(find backend/igny8_core -type d -name locale); do
    room=$(dirname "$locale")
    .venv/bin/pybabel -q extract --no-location --sort-output --omit-header -k pgettext:1c,2 -k ngettext:1,2 \
        -o "$locale/django.pot" "$room"
    for language in $(ls "$locale" | grep -v django.pot); do
        .venv/bin/pybabel -q update --no-fuzzy-matching --ignore-obsolete --omit-header -D django -i "$locale/django.pot" -d "$locale" -l "$language"
    done
    .venv/bin/pybabel -q compile -D django -d "$locale"
    rm "$locale/django.pot"
done
