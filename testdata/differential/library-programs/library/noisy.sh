#!/bin/sh
cat <<'END'
welcome [to] this
  {
"stdout": "one\ntwo", "number": 1.50, "big": 12345678901234567890, "nothing": null}

good bye
END
