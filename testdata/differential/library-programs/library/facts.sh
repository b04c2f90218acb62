#!/bin/sh
printf '{"ansible_facts": {"colour": "%s"}, "stdout": "a\\nb"}\n' "${COLOUR:-red}"
