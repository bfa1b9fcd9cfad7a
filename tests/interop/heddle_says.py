"""Prints what Heddle's own preflight functions say, as JSON lines, for diff_check.py.

    heddle_says.py config   paths on stdin, one a line: {"path", "outcome", "text", "line", "column"}
    heddle_says.py env      JSON objects on stdin, {"tier", "env": {...}}: the same with "texts"

Needs a Python that has heddle-ai 0.9.2 (heddle_venv.sh makes one).
"""

import json
import os
import re
import sys

from heddle.cli.preflight import check_config_readable, check_env_vars

# Depth of Python's stack at which the `heddle` command calls the check: a deeply nested file uses up
# what is left of it. Counted as below, and right when 486 nested block mappings hold and 487 do not.
COMMAND_DEPTH = 10

VARIABLES = ["LM_STUDIO_URL", "OLLAMA_URL", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL"]


def depth():
    frame, count = sys._getframe(1), 0
    while frame is not None:
        frame, count = frame.f_back, count + 1
    return count


def at_depth(more, path):
    """check_config_readable(path), `more` frames further down."""
    if more > 0:
        return at_depth(more - 1, path)
    return check_config_readable(path)


def judge(path):
    try:
        ok, text = at_depth(COMMAND_DEPTH - depth() - 2, path)
    except Exception as exc:  # whatever it is, the command would stop with it
        return {"outcome": "dies", "text": f"{type(exc).__name__}: {exc}"[:200]}
    if ok:
        outcome = "ok"
    elif text.startswith("Config file not found: "):
        outcome = "not found"
    elif text.startswith("Config file is empty: "):
        outcome = "empty"
    else:
        outcome = "invalid"
    answer = {"outcome": outcome, "text": text}
    places = re.findall(r", line (\d+), column (\d+)", text) if outcome == "invalid" else []
    if places:
        answer["line"], answer["column"] = map(int, places[-1])
    return answer


def say_config(line):
    return {"path": line, **judge(line)}


def say_env(line):
    question = json.loads(line)
    for name in VARIABLES:
        os.environ.pop(name, None)
    os.environ.update(question["env"])
    return {**question, "texts": check_env_vars(question["tier"])}


def main():
    say = {"config": say_config, "env": say_env}[sys.argv[1]]
    for line in sys.stdin:
        print(json.dumps(say(line.rstrip("\n")), sort_keys=True))


main()
