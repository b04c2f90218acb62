#!/bin/sh
# WANT_JSON
args=$(cat "$1")
get() { printf '%s' "$args" | sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"; }
path=$(get path) text=$(get text)
if [ "$(cat "$path" 2>/dev/null)" = "$text" ]; then changed=false; else changed=true; printf '%s' "$text" >"$path"; fi
echo "{\"changed\": $changed, \"got\": \"$text\"}"
