"""Compares our config and environment checks with Heddle's own, over the corpus and all tiers.

    diff_check.py HEDDLE_PYTHON WE_SAY WORK_DIR

HEDDLE_PYTHON is the Python of heddle_venv.sh, WE_SAY the program built from we_say.c. Fails on any
disagreement: the outcome of every file, the text where Heddle's is fixed, the line where both give
one; and every environment text.
"""

import itertools
import json
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
LEAST_FILES = 200
TIERS = ["local", "standard", "frontier", "", "own", "Local", "bogus"]
VARIABLES = ["LM_STUDIO_URL", "OLLAMA_URL", "ANTHROPIC_API_KEY"]


def ask(command, lines):
    done = subprocess.run(command, input="".join(line + "\n" for line in lines), text=True,
                          capture_output=True, check=False)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode != 0 or len(answers) != len(lines):
        sys.exit(f"{command[-2:]}: exit {done.returncode}, {len(answers)} answers to {len(lines)} "
                 f"questions\n{done.stderr[-2000:]}")
    return answers


def config_difference(ours, heddle):
    """What the two disagree on, or None."""
    if ours["outcome"] != heddle["outcome"]:
        return "outcome"
    if heddle["outcome"] in ("ok", "empty", "not found") and ours["text"] != heddle["text"]:
        return "text"
    if heddle["outcome"] == "invalid":
        if ours["text"].split(" (")[0] != heddle["text"].split(" (")[0]:
            return "text"
        if "line" in heddle and ours["line"] not in (0, heddle["line"]):
            return "line"
    return None


def compare_configs(paths, heddle_python, we_say):
    ours = ask([we_say, "config"], paths)
    heddle = ask([heddle_python, str(HERE / "heddle_says.py"), "config"], paths)
    bad = 0
    for us, them in zip(ours, heddle):
        difference = config_difference(us, them)
        if difference is not None:
            bad += 1
            print(f"DIFFERENT {difference}: {us['path']}\n"
                  f"    ours:   {us['outcome']}, line {us['line']}: {us['text']}\n"
                  f"    Heddle: {them['outcome']}, line {them.get('line', 0)}: {them['text']!r}")
    return bad


def env_questions():
    for tier, values in itertools.product(TIERS, itertools.product([None, "", "x"], repeat=3)):
        env = {name: value for name, value in zip(VARIABLES, values) if value is not None}
        yield json.dumps({"tier": tier, "env": env})


def main():
    heddle_python, we_say, work = sys.argv[1:4]
    corpus = pathlib.Path(work) / "corpus"
    if corpus.exists():
        (corpus / "locked").chmod(0o700)  # else nobody but root could remove it
        shutil.rmtree(corpus)
    listed = subprocess.run([sys.executable, str(HERE / "config_corpus.py"), str(corpus)],
                            capture_output=True, text=True, check=True).stdout.splitlines()
    bad = compare_configs(listed, heddle_python, we_say)
    print(f"config: {len(listed) - bad} files agree")
    if len(listed) < LEAST_FILES:
        sys.exit(f"config: only {len(listed)} files, {LEAST_FILES} are wanted")

    questions = list(env_questions())
    ours = ask([we_say, "env"], questions)
    heddle = ask([heddle_python, str(HERE / "heddle_says.py"), "env"], questions)
    env_bad = 0
    for us, them in zip(ours, heddle):
        if us["texts"] != them["texts"]:
            env_bad += 1
            print(f"DIFFERENT env: {us}\n    Heddle: {them['texts']}")
    print(f"env: {len(questions) - env_bad} combinations agree")
    sys.exit(1 if bad or env_bad else 0)


if __name__ == "__main__":
    main()
