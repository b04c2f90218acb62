#!/usr/bin/env python3
"""Writes the golden tables of this package with PyYAML: scalars.json and dump.json. Run by hand, in this directory."""
import json
import math
import random
import sys

import yaml

SCALARS = """yes Yes YES no No NO true True TRUE false False FALSE on On ON off Off OFF y n Y N yEs oN tRue
~ null Null NULL nUll none None
0 00 0644 0755 08 09 080 0o644 0O17 0x1F 0x1f 0X1F 0b11 0b12 -0 +0 -1 +1 1_000 _1 1_ 0_7 -0644 +0x1F -0b1 0x 0b 0_ 0__
123456789012345 1234567890123456 9223372036854775807 9223372036854775808 -9223372036854775809 123456789012345678901234567890 0xffffffffffffffffff
1e3 12e3 1.5e3 1E5 1e-5 1e+3 1.5e+3 1.5E-3 1.5e+400 .5 +.5 -.5 5. -5. 1.0 1.5 -1.5 +1.5 1_0.5 1._5 ._5 .5_ . .. ... - + -- 1.2.3 1,000 1.e+3
.inf -.inf +.inf .Inf .INF .iNf .nan .NaN .NAN .Nan inf nan NaN
1:20 12:30:45 -1:30 20:30.15 1:60 01:20 10:00 0:30 1:2:3:4 190:20:30 -190:20:30.5 22:22 1:2.
2024-01-01 2024-1-1 2024-01-01T00:00:00 2024-01-01t00:00:00 2024-12-31T23:59:59.5Z 2024-12-31T23:59:59.123456789+08:00 2024-1-2T3:04:05 2024-01-01T00:00:00-05 2024-01-01T00:00 20240101 2024-01 2030-12-31
5432 10.10.10.10 10.10.10.10/24 :: ::1 fe80::1 1h 30d 64MB 8GB 14 16.4 v1 a:b 10.10.10.10:5432 aa:bb:cc 00:11:22:33:44:55
<< = =a /path *.x 'q' 1__2 0.1 00.5 1e 1.5e 1.5e+ e5 0xg 1-1 1+1""".split()
SCALARS += ["2024-01-01 00:00:00", "2024-01-01 00:00:00 Z", "2024-01-01  12:13:14.5 +02:30", "two words", "12 monkeys", "- 1"]


def scalars():
    rows = []
    for text in SCALARS:
        try:
            node = yaml.compose(text)
            if not isinstance(node, yaml.ScalarNode) or node.style or node.value != text:
                continue
            value = yaml.SafeLoader("").construct_object(node)
        except Exception:
            continue
        rows.append({"text": text, "type": type(value).__name__, "repr": repr(value), "str": str(value)})
    return rows


WORDS = ["a", "pg-test", "yes", "no", "1", "0644", "1e3", "1:20", "~", "", " lead", "trail ", "a: b", "a #b", "#c", "- x", "-x", "?", "x,y", "[a]", "{b}",
         "it's", 'say "hi"', "tab\there", "line\nbreak", "two\nlines\n", "\nstart", "end\n\n", "a\n\n\nb", " \n ", "x \ny", "x\n y", "uml\u00e4ut", "\u4e2d\u6587",
         "emoji \U0001f600", "\u00a0nb", "ctrl\x01", "back\\slash", "100%", "@at", "`tick", "*star", "&amp", "!bang", "|pipe", ">gt", "%pct", "a:", ":a", "a:b", "--- x", "...",
         "2024-01-01", "null", "{{ x }}", "=", "<<", "long " * 30, "x" * 100, "x" * 130, "word " * 18 + "end", "quoted: " + "word " * 40, "k\u00e9y: " + "\u00e9 " * 60,
         "spaces  double   triple " * 6, 'mixed "q" \'s\' \u0007 ' * 8, "a\u2028b", "\ufeffbom", "long\ttabs and words " * 8, "\n".join(["para " * 25] * 3)]
LEAVES = [None, True, False, 0, 1, -7, 10**20, 0.5, 1e20, 1e-7, -3.25, math.inf]


def tree(rng, depth):
    kind = rng.random()
    if depth == 0 or kind < 0.45:
        return rng.choice(WORDS if rng.random() < 0.75 else LEAVES)
    if kind < 0.7:
        return [tree(rng, depth - 1) for _ in range(rng.randrange(0, 4))]
    return {rng.choice(WORDS if rng.random() < 0.9 else [1, True, None, 2.5]): tree(rng, depth - 1) for _ in range(rng.randrange(0, 4))}


def tagged(value):
    """JSON that tells int keys from strings: mappings are lists of pairs under "d", lists are under "l"."""
    if isinstance(value, dict):
        return {"d": [[tagged(k), tagged(v)] for k, v in value.items()]}
    if isinstance(value, list):
        return {"l": [tagged(v) for v in value]}
    if isinstance(value, float):
        return {"f": repr(value)}
    if isinstance(value, int) and not isinstance(value, bool):
        return {"i": str(value)}
    return value


def dumps(count):
    rng = random.Random(1)
    rows = []
    for n in range(count):
        value = WORDS[n] if n < len(WORDS) else tree(rng, 4)
        o = {"flow": rng.choice([None, False, True]), "indent": rng.choice([2, 4]), "width": rng.choice([80, 30, 1000]), "sort": rng.random() < 0.5,
             "style": rng.choice([""] * 6 + ["'", '"', "|", ">"]), "unicode": rng.random() < 0.8}
        text = yaml.safe_dump(value, default_flow_style=o["flow"], indent=o["indent"], width=o["width"], sort_keys=o["sort"],
                              default_style=o["style"] or None, allow_unicode=o["unicode"])
        if "&id0" in text:
            continue
        rows.append({"value": tagged(value), "options": o, "text": text})
    return rows


def write(name, rows):
    with open(name, "w", encoding="ascii") as f:
        f.write("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")


if __name__ == "__main__":
    write("scalars.json", scalars())
    write(sys.argv[2] if len(sys.argv) > 2 else "dump.json", dumps(int(sys.argv[1]) if len(sys.argv) > 1 else 300))
