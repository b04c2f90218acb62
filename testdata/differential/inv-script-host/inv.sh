#!/bin/sh
if [ "$1" = --host ]; then echo "{\"v\": \"of $2\", \"ansible_connection\": \"local\"}"; else echo '{"web": ["a", "b"]}'; fi
