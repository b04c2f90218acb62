#!/bin/sh
args=$(cat <<'END'
<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>
END
)
get() { printf '%s' "$args" | sed -n "s/.*\"$1\": *\"\{0,1\}\([^\",}]*\)[\",}].*/\1/p"; }
printf '{"changed": true, "given": {"text": "%s"' "$(get text)"
for k in check_mode diff no_log verbosity module_name; do printf ', "%s": "%s"' $k "$(get "_ansible_$k")"; done
printf '}, "_ansible_own": 1, "nested": {"_ansible_other": 2, "kept": 3}}'
