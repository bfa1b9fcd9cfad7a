"""Writes the corpus of the differential test: one file a case, the same ones every time.

    config_corpus.py DIR

Prints the paths to check, one a line: the files, and paths that are no files.
"""

import os
import pathlib
import sys

# Texts by the rule that they try, each beside its neighbours on the other side of it.
TEXTS = {
    "tab": [
        "a: 1\t\n", "a:\t1\n", "a\t: 1\n", "a: 1\t# c\n", "a: 1 \t\n", "a: x\ty\n", "a: x \t y\n",
        "[1,\t2]\n", '{"a":\t1}\n', '{\n\t"a": 1\n}\n', "---\ta\n", "a: 1\n\tb: 2\n", "\ta: 1\n",
        "a:\n\t- b\n", "a: 1\n\t\n", "a: 1\n  \t# c\n", "- a\n-\tb\n", "a: |\t\n  x\n", "a: b\n  \tc\n",
        "&x\ta\n", "!!str\ta\n", "a: *x\t\n", "'a'\t: 1\n", "a: [x]\t\n", "%YAML\t1.1\n---\na\n",
        "a: \\\tb\n", "a: b\\\t\n", "...\t\n", "a: 'b\n---\tc'\n", "a: 'b\u2028---\tc'\n",
        "a: b\n---\t\n", "a: b\n...\t\n",
        # and where it does no harm
        "a: 'x\ty'\n", 'a: "x\ty"\n', 'a: "x\\\ty"\n', 'a: "x\\\\\ty"\n', "a: 1 #\tc\n", "#\tc\na: 1\n",
        "a: |\n  x\ty\n", "a: |\n  \tx\n", "a: |\n  x\n  \ty\n", "a: >\n  x\n  \ty\n\n  \tz\n",
        "a: |2\n  \tx\n", "a: 'x\t'\n", "a: 'x\n\t y'\n", "a: |\n\tx\n", "a: |\n  x\n\ty\n", "a: |\n   \n \tx\n",
        "a: |\n    \n  \tx\n",
    ],
    "escape": [
        'a: "\\ud83d\\ude00"\n', 'a: "\\ud800"\n', 'a: "\\uDFFF"\n', 'a: "\\U0000d800"\n',
        'a: "\\\\ud800"\n', "a: '\\ud800'\n", "a: \\ud800\n", 'a: "\\U00110000"\n',
        'a: "\\U0010ffff"\n', 'a: "\\UFFFFFFFF"\n', 'a: "\\ud8"\n', 'a: "\\q"\n', 'a: "\\/"\n',
        'a: "\\x41\\e\\N\\_\\L\\P"\n', 'a: "\\x4"\n', 'a: "x\\\n  y"\n', 'a: "\\0"\n', 'a: "\\\'"\n',
    ],
    "directive": [
        "%FOO bar\n---\na: 1\n", "%FOO bar\na: 1\n", "%FOO\n", "%FOO bar\n", "%YAML 1.1\n---\na\n",
        "%YAML 1.0\n---\na\n", "%YAML 1.3\n---\na\n", "%YAML 2.0\n---\na\n", "%YAML 1\n---\na\n",
        "%YAML 1.1\n%YAML 1.1\n---\na\n", "%YAML 1.1 x\n---\na\n", "%YAML 1.1 # c\n---\na\n",
        "%YAML 01.1\n---\na\n", "%YAML 1.1\na: 1\n", "%\n---\na\n", "%FOO! x\n---\na\n", " %FOO\n---\na\n",
        "%TAG ! tag:yaml.org,2002:\n---\n!int 3\n", "%TAG !e! tag:e,1:\n---\n!e!x 3\n",
        "%TAG !e! tag:yaml.org,2002:\n---\n!e!str 3\n", "%TAG !e! x\n%TAG !e! y\n---\na\n",
        "---\n!e!x 3\n", "# c\n%FOO\n---\na\n", "a: 1\n%FOO\n", "a\n%b\n", "a: b\n...\n%FOO\n---\nc\n",
        "%YAML 1." + "1" * 20 + "\n---\na\n", "%FOO a\tb\n---\na\n",
    ],
    "document": [
        "a: 1\n---\nb: 2\n", "---\n---\n", "---\na: 1\n", "---\na: 1\n...\n", "a: 1\n# c\n---\n",
        "# c\n---\na: 1\n", "a: 1\n...\n", "a: 1\n...\n...\n", "a: 1\n...\nb: 2\n", "--- a\n--- b\n",
        "...\n", "...\na: 1\n", "---\n...\n", "--- |\n x\n", "---a: 1\n", "'a\n--- b'\n", "'a\n---b'\n",
        "a: 1\n...\n# c\n",
    ],
    "anchor": [
        "a: &x 1\nb: *x\n", "a: &x 1\nb: &x 2\n", "a: *x\n", "a: &x [*x]\n", "&x a: *x\n",
        "a: &x\n", "a: &x\nb: *x\n", "a: &x [1]\nb: {*x : 1}\n", "a: &x {k: 1}\nb: {*x : 1}\n",
        "a: &x 1\nb: {*x : 1}\n", "a: &x 1\nb: {*x: 1}\n", "a: &x-y_1 1\nb: *x-y_1\n", "a: &é 1\n",
        "a: & 1\n", "a: *\n", "&a &b x\n", "&a !!str x\n", "!!str &a x\n", "&a *b\n", "&a\n",
        "a: &x {k: *x}\n", "&x {*x : 1}\n", "a: &x @\n", "[&x a, *x, &x b]\n",
    ],
    "tag": [
        "a: !foo b\n", "a: !!python/object:os.system x\n", "a: !!python/none\n", "a: !!str 1\n",
        "a: !!int 3\n", "a: !!float 3\n", "a: !!bool yes\n", "a: !!null x\n", "!!null x\n",
        "!!null [a]\n", "a: !!map {b: c}\n", "a: !!map [b]\n", "a: !!map b\n", "a: !!seq [b]\n",
        "a: !!seq {b: c}\n", "a: !!seq b\n", "a: !!str [b]\n", "a: !!str {b: c}\n",
        "a: !!int [b]\n", "a: !!set {b, c}\n", "a: !!set [b]\n", "a: !!set {[b], c}\n",
        "a: !!set\n  ? [b]\n", "a: !!omap [b: 1, c: 2]\n", "a: !!omap {b: 1}\n", "a: !!omap [b]\n",
        "a: !!omap [{b: 1, c: 2}]\n", "a: !!omap [{}]\n", "a: !!pairs [b: 1, b: 2]\n",
        "a: !!pairs {b: 1}\n", "a: !!pairs [[b]]\n", "a: !!pairs [[b]: c]\n", "a: !!merge x\n",
        "a: !!value x\n", "a: ! 12\n", "a: ! '12'\n", "a: ! '2024-13-45'\n", "a: !\n", "a: ! [b]\n",
        "a: !<tag:yaml.org,2002:int> 3\n", "a: !<!foo> 3\n", "a: !<foo 3\n", "a: !<> 3\n",
        "[!!str, x]\n", "[!!str,x]\n", "[!!str ,x]\n", "[!!str]\n", "[!!str ]\n", "a: !!binary aGk=\n",
        "a: !!binary é\n", "a: !!binary a\n", "a: !!binary '!!!'\n", "a: !!binary ab\n",
        "a: !!binary |\n  aGk=\n", "a: !!binary ab==cd\n", "a: !!timestamp 2024-01-02\n",
        "a: !!timestamp nope\n", "a: !!timestamp 2024-1-2\n", "a: !!bool maybe\n", "a: !!bool YeS\n",
        "a: !!int x\n", "a: !!int ''\n", "a: !!int\n", "a: !!float x\n", "a: !!float ''\n",
        "a: !!float inf\n", "a: !!float 1e5\n", "a: !!int ' 12 '\n", "a: !!int 0o17\n",
        "a: !!int 08\n", "a: !!int 0xfg\n", "a: !!int +\n", "a: !!int --5\n", "a: !!int '１２'\n",
        "a: !!int 1:x\n", "a: !!str {=: b}\n", "a: !!int {=: 5}\n", "a: !!int {=: x}\n",
        "a: !!str {=: !foo b}\n", "a: !!str {=: b, c: !foo d}\n", "a: !!timestamp {=: 2024-01-02}\n",
        "!foo {a: 1}\n", "? !foo a\n: 1\n", "!!set {a, b}\n", "!!omap [a: 1]\n", "!!binary aGk=\n",
        "a: !!foo b\n", "a: !!yaml b\n", "! a\n", "a: !x!y b\n",
        "a: !!binary |\n  \t aGk=\n", "a: !!int '1\t'\n", "a: !!int {=: !x 5}\n", "a: !! b\n", "a: !foo#bar c\n",
    ],
    "merge": [
        "a: <<\n", "- <<\n", "a: =\n", "- =\n", "<<: {a: 1}\n", "=: 1\n", "<<: [{a: 1}, {b: 2}]\n",
        "<<: x\n", "<<: [x]\n", "<<: [[a]]\n", "<<: ~\n", "<<: {a: !foo b}\n", "<<: !foo {a: 1}\n",
        "<<: {[a]: 1}\n", "a: &x {k: 1}\nb: {<<: *x}\n", "a: &x [1]\nb: {<<: *x}\n",
        "a: &x 1\nb: {<<: *x}\n", "a: &x {<<: *x, b: 1}\n", "a: '<<'\n", "'<<': 1\n", "'=': 1\n",
        "!!merge x: {a: 1}\n", "!!merge x: 1\n", "<<: {}\n<<: x\n", "a: !!set {<<: {b: 1}}\n",
        "a: !!omap [{<<: {b: 1}}]\n", "a: {<<: [&x {p: q}, *x]}\n", "a: &k =\nb: *k\n",
        "? &k =\n: 1\nb: *k\n", "? &k <<\n: {}\nb: *k\n", "a: &k <<\nb: {*k : {c: 1}}\n",
        "a: {<<: {<<: {<<: x}}}\n", "- &a {<<: {=: 1}}\n- =\n", "<<: [{a: 2024-13-45}, {b: =}]\n", "<<: [{a: =}, {b: 2024-13-45}]\n",
    ],
    "key": [
        "a: {{ x }}\n", "a: {{ .Values.x }}\n", "? [a]\n: 1\n", "? {a: 1}\n: 1\n", "[a]: 1\n",
        "{a: 1}: 1\n", "? a\n: 1\n", "? 2024-01-02\n: 1\n", "2024-13-45: 1\n", "1: 2\n", "~: 1\n",
        "true: 1\n", "? |\n  a\n: 1\n", "a: 1\na: 2\n", "? a\n", ": 1\n", "? !!binary aGk=\n: 1\n",
        "a" * 1024 + ": 1\n", "a" * 1025 + ": 1\n", "'" + "a" * 1021 + "': 1\n", "'" + "a" * 1023 + "': 1\n",
        "- a\n- b\nc: 1\n", "a: 1\n- b\n", "a: b: c\n", "a:\n- b\n- c\n", "a: - b\n", "a\nb: 1\n",
        "a: 1\n b: 2\n", "  a: 1\nb: 2\n", "a: 1\n  b\n", "a:b\n", "a: 'b' c\n", "'a' 'b'\n",
    ],
    "flow": [
        "{a:}\n", "{a:, b}\n", "[a:]\n", "[a:, b]\n", "{a:[1]}\n", "{a:{b: c}}\n", "{a:{b:[c:]}}\n",
        "- {a:[1]}\n- {b:[2]}\n", "'{a:[1]}'\n", "a:[1]\n", "a: b:[c\n", "{a?b: c}\n", "[a?b]\n",
        "[http://x/?q=1]\n", "a: http://x/?q=1\n", "a: [a ?b]\n", "[?b]\n", "[? b]\n", "{? b}\n",
        "{a::b: c}\n", "{a::}\n", "[::]\n", "[:a]\n", "{a: b, c}\n", "{a b}\n", "[a, ]\n", "[,]\n",
        "[a,,b]\n", "{,}\n", "[a\n", "{a: b\n", "]\n", "}\n", "a: ]\n", "[a]]\n", "[-]\n", "[- a]\n",
        "[-a]\n", "[a: b: c]\n", '{"a":1}\n', '{"a":[1,{"b":null}],"c":"d"}\n', "{'a':b}\n",
        "[a, # c\n b]\n", "[a#b]\n", "[a #b\n]\n", "{a: 'b''c'}\n", '["a"b]\n', "[a\n---\nb]\n",
        "a: [\nb\n]\n", "a: {\nb: c\n}\n", "[|]\n", "[>]\n", "[%a]\n", "[@a]\n", "[`a]\n", "[a:?b]\n",
        "[?]\n", "[? ]\n", "[?: b]\n", "[?, b]\n", "[? # c\n]\n", "{?}\n", "[!, x]\n", "[? a, ?]\n",
        "{é:[1]}\n", "{a:[1] , b:@}\n", "{x: 'é:[', y:[1]}\n",
    ],
    "empty": [
        "", "\n", "# c\n", "~\n", "null\n", "Null\n", "NULL\n", "---\n", "--- # c\n", "&a\n",
        "---\n# c\n...\n", "{}\n", "[]\n", "''\n", '""\n', "0\n", "false\n", "nULL\n", "--- ~\n", "!!null\n",
        "!!str\n", "   \n", "\ufeff", "\ufeff# c\n", "...\n---\n", "|\n", "--- |\n",
    ],
    "timestamp": [
        f"a: {text}\n" for text in [
            "2024-13-45", "2024-02-30", "2024-02-29", "2023-02-29", "2024-2-31", "2024-2-3", "0000-01-01",
            "0001-01-01", "9999-12-31", "2024-01-01 24:00:00", "2024-01-01 23:59:59", "2024-01-01 23:59:60",
            "2024-01-01 1:00:00", "2024-1-1 1:00:00", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00z",
            "2024-01-01t00:00:00 +24:00", "2024-01-01t00:00:00 +23:59", "2024-01-01t00:00:00-24",
            "2024-01-01 00:60:00", "2024-01-01 00:00:00.123456789", "2024-01-01 00:00:00.",
            "2024-01-01 00:00", "'2024-13-45'", "2024-00-01", "2024-01-00", "2024-01-32", "24:00:00",
            "2024-01-01T25:00:00+99:99", "2024-13-45x", "2024-01-01 00:00:00 +9:99", "2024-13-1",
        ]
    ] + ["2024-13-45\n", "- 2024-02-30\n", "{2024-02-30}\n", "[2024-13-45, !foo x]\n",
         "[[2024-13-45], !foo x]\n", "[[!foo x], 2024-13-45]\n", "{a: {b: 2024-13-45}, c: =}\n"],
    "number": [
        f"a: {text}\n" for text in [
            "0x_", "-0x_", "0b_", "+0b_", "0x1", "0b1", "0_", "-0_", "0o7", "08", "1_000", "_1", "1__", "0x",
            "9" * 4300, "9" * 4301, "-" + "9" * 4300, "9_" * 4300, "0x" + "f" * 5000, "0" + "7" * 5000,
            "0b" + "1" * 5000, "9" * 5000 + ".0", "1:30", "1:" + "0:" * 200 + "0", "9" * 4301 + ":00",
            "1:30.5", "1:" + "0:" * 172 + "0.", "1:" + "0:" * 173 + "0.", ".5", "1.", "1e5", "1.e+5", "+.inf",
            "-.nan", ".NaN", "1:60", "'0x_'", "0x_1", "190:20:30", "0.1_", "._1", "1_._",
        ]
    ],
    "text": [
        "a: |\n  x\n y\n", "a: |\n x\n  y\n", "a: |0\n x\n", "a: |1\n x\n", "a: |9\n x\n", "a: |+\n x\n\n",
        "a: |x\n", "a: |-1\n  x\n", "a: >-\n x\n\n y\n", "a: | # c\n x\n", "a: |#c\n x\n", "a: |\nb: 1\n",
        "a: |\n    \n  x\n", "a: 'b\n c'\n", "a: 'b\nc'\n", "a: 'b\n", 'a: "b\n', "a: \"b\n  c\"\n",
        "a: b\n  c\n", "a: b\nc\n", "a: @b\n", "a: `b`\n", "a: %b\n", "%b: 1\n", "a: b # c\n", "a: b#c\n",
        "a: - b\n", "a: -b\n", "- - a\n  - b\n", "- a\n - b\n", "a: 'it''s'\n", "a: it's\n", "a: &b\n",
        "a: ?b\n", "a: :b\n", "?a\n", ":a\n", "-a\n", "-\n", "?\n", ":\n", "a:\n  b\n", "a: b\\c\n", "@\n",
        "a: !\n  b\n", "a: *b c\n", "a: >\n", "a: |\n  x\n...\n", "a:\n    b: 1\n  c: 2\n",
    ],
    "line": [
        "a: 1\rb: 2\r", "a: 1\r\nb: 2\r\n", "a: 1\x85b: 2\n", "a: 1\u2028b: 2\n", "a: 1\u2029b: @\n",
        "a: 1\r\nb: @\r\n", "a: 1\n\n\n\nb: @", "a: 1\nb: [", "a: 'x", "a", "a: 1\r\n\r\n  @", "é: 1\nü: @\n",
        "a: |\r\n  x\r\n  y\r\n", "a: 'x\r\n  y'\r\n", "a\r\r\nb: @\n",
    ],
    "bom": [
        "\ufeffa: 1\n", "\ufeff\ufeffa: 1\n", "a: 1\n\ufeffb: 2\n", "a: 1\n\ufeff", "a: 1\n\ufeff\n",
        "a: 1\n\ufeff# c\n", "a: 'x\ufeffy'\n", "\ufeff%FOO\n---\na\n", "\ufeff---\na: 1\n", "\n\ufeffa: 1\n",
        "\ufeffa: @\n", "\ufeff- a\n- b\n",
    ],
}

# Not UTF-8, or characters that YAML does not allow; far into a file the order of chunks matters.
BYTES = {
    "latin1": "a: é\n".encode("latin-1"),
    "utf16-bom": "a: 1\n".encode("utf-16"),
    "utf16-le": "a: 1\n".encode("utf-16-le"),
    "utf16-be-bom": b"\xfe\xff" + "a: 1\n".encode("utf-16-be"),
    "utf32": "a: 1\n".encode("utf-32"),
    "overlong": b"a: \xc0\xaf\n",
    "overlong3": b"a: \xe0\x80\xaf\n",
    "surrogate": b"a: \xed\xa0\x80\n",
    "too-big": b"a: \xf4\x90\x80\x80\n",
    "cut": "a: é".encode()[:-1],
    "cut3": "a: 日".encode()[:-1],
    "cut4": "a: 😀".encode()[:-1],
    "bad-in-comment": b"a: 1 # \xff\n",
    "emoji": "a: 😀\n".encode(),
    "nul": b"a: \0\n",
    "esc": b"a: \x1b[31m\n",
    "del": b"a: \x7f\n",
    "bell-in-comment": b"# \x07\na: 1\n",
    "c1": "a: \x80\n".encode(),
    "nel": "a: \x85\n".encode(),
    "nbsp": "a: \xa0\n".encode(),
    "fffe": "a: \ufffe\n".encode(),
    "fffd": "a: \ufffd\n".encode(),
    "private": "a: \ue000\n".encode(),
    "private16": "a: \U0010fffd b\n".encode(),
    "nonchar16": "a: \U0010ffff\n".encode(),
    "early-fault-late-byte": b"a: @\n" + b"# x\n" * 10000 + b"\xff\n",
    "early-fault-near-byte": b"a: @\n" + b"# x\n" * 100 + b"\xff\n",
    "early-fault-late-control": b"a: @\n" + b"# x\n" * 10000 + b"\x01\n",
    "early-fault-near-control": b"a: @\n" + b"# x\n" * 100 + b"\x01\n",
    "late-fault-later-byte": b"# x\n" * 5000 + b"a: @\n" + b"# x\n" * 5000 + b"\xff\n",
    "late-byte": b"a: 1\n" + b"# x\n" * 10000 + b"\xff\n",
    "late-control": b"a: 1\n" + b"# x\n" * 10000 + b"\x01\n",
    "control-then-byte": b"a: \x01\n" + b"# x\n" * 100 + b"\xff\n",
    "control-then-late-byte": b"a: \x01\n" + b"# x\n" * 10000 + b"\xff\n",
    "byte-then-control": b"a: \xff\n\x01\n",
    "cut-at-late-end": b"a: 1\n" + b"# x\n" * 10000 + b"\xc3",
    "two-documents-late-byte": b"a\n---\nb\n" + b"# x\n" * 10000 + b"\xff\n",
    "anchors-late-byte": b"- &a x\n- &a y\n" + b"# x\n" * 10000 + b"\xff\n",
    "wide-late-byte": "é日\n".encode() * 5000 + b"\xff",
}

# Just within and just beyond what Python's stack holds, and well beyond.
DEEP = {
    "block-map": ("".join(" " * i + "a:\n" for i in range(n)) for n in (486, 487, 600)),
    "block-list": ("- " * n + "a\n" for n in (487, 488, 700)),
    "flow-map": ("{a: " * n + "b" + "}" * n + "\n" for n in (487, 488, 700)),
    "flow-list": ("[" * n + "]" * n + "\n" for n in (490, 491, 700)),
    "flow-list-under-key": ("k: " + "[" * n + "]" * n + "\n" for n in (488, 489, 700)),
    "unclosed": ("[" * n for n in (400, 700)),
}


def merge_chain(length):
    """Mappings of which each merges the one before, reached from the last one first."""
    items = ", ".join(f"&a{i} {{<<: *a{i - 1}}}" if i else "&a0 {k: 1}" for i in range(length))
    return f"- [{items}]\n- {{<<: *a{length - 1}}}\n"


BOMBS = {
    "alias": "a0: &a0 x\n" + "".join(f"a{i}: &a{i} [" + ", ".join([f"*a{i - 1}"] * 9) + "]\n"
                                     for i in range(1, 12)),
    "merge-small": "a0: &a0 {k: 1}\n" + "".join(
        f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}, *a{i - 1}]}}\n" for i in range(1, 7)),
    "merge-chain": merge_chain(300),
    "merge-chain-too-long": merge_chain(1200),
}

CONFIGS = {
    "workers/summarizer.yaml": """\
name: summarizer
description: "Sums up texts"
worker_kind: llm
system_prompt: |
  You sum up texts.
  Answer in JSON: {"summary": "..."}
default_model_tier: standard
input_schema:
  type: object
  required: [text]
  properties:
    text: {type: string}
output_schema: {type: object}
max_output_tokens: 2_000
timeout_seconds: 60
""",
    "workers/echo.yaml": """\
name: echo
worker_kind: processor
processing_backend: echo_backend.EchoBackend
default_model_tier: local
backend_config: {prefix: "> "}
""",
    "orchestrators/report.yaml": """\
name: report
pipeline_stages:
  - name: extract
    worker_type: extractor
    input_mapping: {path: goal.context.path}
  - name: sum
    worker_type: summarizer
    depends_on: [extract]
    condition: "extract.output.pages > 0"
""",
    "orchestrators/planner.yaml": """\
name: planner
max_concurrent_goals: 2
max_concurrent_tasks: 5
checkpoint: {token_threshold: 50000}
available_workers:
  - {name: summarizer, default_model_tier: standard}
""",
    "schedulers/nightly.yaml": """\
name: nightly
schedules:
  - name: report
    cron: "0 3 * * *"
    dispatch_type: goal
    goal: {instruction: make the report}
""",
    "router_rules.yaml": """\
tier_overrides:
  summarizer: local   # cheaper
rate_limits:
  local: {max_concurrent: 4}
  frontier: {max_concurrent: 1, tokens_per_minute: 10000}
""",
    "mcp/tools.yaml": """\
name: tools
nats_url: nats://localhost:4222
tools:
  workers: [{config: ../workers/summarizer.yaml}]
""",
    "workers/anchored.yaml": """\
defaults: &defaults
  timeout_seconds: 30
  default_model_tier: local
<<: *defaults
name: anchored
system_prompt: 'It''s short'
""",
    "workers/helm.yaml": "name: {{ .Values.name }}\nsystem_prompt: x\n",
    "workers/tabbed.yaml": "name: tabbed\nsystem_prompt: |\n  a\n\tb\n",
    "workers/unquoted.yaml": "name: a: b\nsystem_prompt: x\n",
    "workers/percent.yaml": "name: x\nsystem_prompt: %s\n",
    "workers/list.yaml": "- name: x\n- name: y\n",
    "workers/json.json": '{"name": "x", "worker_kind": "llm", "system_prompt": "a\\tb\\u00e9"}\n',
    "workers/json-tabs.json": '{\n\t"name": "x",\n\t"system_prompt": "y"\n}\n',
    "router_null.yaml": "tier_overrides:\nrate_limits: {}\n",
}


def write_files(root):
    for rule, texts in TEXTS.items():
        for number, text in enumerate(texts):
            yield root / f"{rule}-{number:02}.yaml", text.encode()
    for name, data in BYTES.items():
        yield root / f"bytes-{name}.yaml", data
    for name, texts in DEEP.items():
        for number, text in enumerate(texts):
            yield root / f"deep-{name}-{number}.yaml", text.encode()
    for name, text in BOMBS.items():
        yield root / f"bomb-{name}.yaml", text.encode()
    for name, text in CONFIGS.items():
        yield root / "configs" / name, text.encode()


def write_paths(root):
    """Paths that are something else than a readable file."""
    (root / "folder").mkdir()
    os.mkfifo(root / "fifo.yaml")
    (root / "dangling.yaml").symlink_to("nowhere.yaml")
    (root / "circular.yaml").symlink_to("circular.yaml")
    (root / "linked.yaml").symlink_to("empty-11.yaml")
    (root / "linked-folder").symlink_to("folder")
    (root / "locked").mkdir()
    (root / "locked" / "in.yaml").write_text("a: 1\n")
    (root / "locked").chmod(0)
    (root / "unreadable.yaml").write_text("a: 1\n")
    (root / "unreadable.yaml").chmod(0)
    (root / "name with (brackets) and é.yaml").write_text("a: 1\n")
    for name in ["folder", "fifo.yaml", "dangling.yaml", "circular.yaml", "linked.yaml",
                 "linked-folder", "locked/in.yaml", "unreadable.yaml", "absent.yaml",
                 "absent/in.yaml", "linked.yaml/in.yaml", "n" * 300 + ".yaml",
                 "name with (brackets) and é.yaml", "folder/../linked.yaml"]:
        yield str(root / name)
    yield "/dev/null"
    yield "/dev/zero"
    yield ""


def main():
    root = pathlib.Path(sys.argv[1])
    root.mkdir(parents=True)
    for path, data in write_files(root):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        print(path)
    for path in write_paths(root):
        print(path)


main()
