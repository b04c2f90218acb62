#!/bin/sh
# WANT_JSON
case $(cat "$1") in
*'"msg"'*) echo '{"failed": true, "msg": "as was asked", "rc": 0}'; exit 1 ;;
*'"rc"'*) echo '{"rc": 3}' ;;
*'"text"'*) echo "no result"; echo "a word" >&2; exit 5 ;;
*'"broken"'*) echo '{"a": }' ;;
*'"list"'*) echo '[1]' ;;
esac
