"""Hunts for disagreements beyond the corpus: random changes to its files, the same for one seed.

    config_mutate.py HEDDLE_PYTHON WE_SAY CORPUS_DIR WORK_DIR [SEED [COUNT]]

Not part of `make check`: it prints what differs, and what it finds and is worth mending belongs into
config_corpus.py.
"""

import pathlib
import random
import shutil
import sys

import diff_check

PIECES = [b"\t", b" ", b"\n", b"  ", b": ", b"- ", b"? ", b"#", b" #", b"[", b"]", b"{", b"}", b",", b"'",
          b'"', b"|", b">", b"&a ", b"*a", b"!!str ", b"!!int ", b"!x ", b"!", b"%", b"@", b"`", b"<<", b"=",
          b"---", b"...", b"\n---\n", b"\\", b"\\u", b"\r\n", b"\r", b"0x_", b"2024-13-45", b"\xef\xbb\xbf",
          b"\xc2\x85", b"\xe2\x80\xa8", b"\xff", b"\x01", b"a", b"1", b":", b"-", b"?", b"~", b"!!set ",
          b"!!omap ", b"!!pairs ", b"%YAML 1.1\n---\n", b"%X\n", b"[a:]", b"{a:[b]}", b"<<: *a", b"\xc3\xa9"]
MAX_BYTES = 600


def mutate(chance, seeds):
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(0, len(data))
        action = chance.random()
        if action < 0.55:
            data[at:at] = chance.choice(PIECES)
        elif action < 0.75:
            del data[at:at + chance.randint(1, 6)]
        elif action < 0.9:
            other = chance.choice(seeds)
            start = chance.randint(0, len(other))
            data[at:at] = other[start:start + chance.randint(1, 30)]
        else:
            data[at:at + 1] = bytes([chance.randint(0, 255)])
    return bytes(data)


def main():
    heddle_python, we_say, corpus, work = sys.argv[1:5]
    chance = random.Random(int(sys.argv[5]) if len(sys.argv) > 5 else 1)
    count = int(sys.argv[6]) if len(sys.argv) > 6 else 5000
    seeds = sorted(path.read_bytes() for path in pathlib.Path(corpus).rglob("*.yaml")
                   if path.is_file() and path.parent.name != "locked"
                   and path.name != "unreadable.yaml" and path.stat().st_size <= MAX_BYTES)
    folder = pathlib.Path(work) / "mutants"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    paths = []
    for number in range(count):
        path = folder / f"{number:05}.yaml"
        path.write_bytes(mutate(chance, seeds))
        paths.append(str(path))
    bad = diff_check.compare_configs(paths, heddle_python, we_say)
    print(f"mutants: {count - bad} of {count} agree")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
