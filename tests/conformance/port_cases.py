"""Makes Python 3 of the Autobahn test suite's cases, which are written for Python 2.

    python tests/conformance/port_cases.py SDIST FOLDER

In Python 2 a string is bytes. Here it becomes text of the characters 0 to 255, one for each byte, and `wstest.py` makes
bytes of it where it goes out: so the cases say and compare what they always did. What is changed besides is listed in
`CHANGES`; a change that is not found is an error, so that another version of the suite is not run half-translated.
"""

import re
import sys
import tarfile
from pathlib import Path

CASES = re.compile(r"^[^/]+/autobahntestsuite/case/(case(?:|[1-7]_\w+|10_\w+)\.py)$")

HEX = """def b2a_hex(data):
    return (data.encode("latin-1") if isinstance(data, str) else data).hex()
"""
"""The only function of `binascii` that cases use, for their descriptions."""

CHANGES: dict[str, list[tuple[str, str]]] = {
    # Equal values need not have equal pickles in Python 3.
    "case.py": [("pickle.dumps(obj1) == pickle.dumps(obj2)", "obj1 == obj2")],
    "case6_x_x.py": [
        ("v.validate(vss[:i])", 'v.validate(vss[:i].encode("latin-1"))'),
        # In Python 3 no class comes after its own base.
        ("(object, Case, )", "(Case, )"),
    ],
    "case7_7_X.py": [("(object, Case, )", "(Case, )")],
    "case7_9_X.py": [("(object, Case, )", "(Case, )")],
    "case10_1_1.py": [("len(self.payload) / self.p", "len(self.payload) // self.p")],
}

PRINT = re.compile(r"^(\s*)print\b.*$", re.MULTILINE)
CODING = re.compile(r"^#.*coding[=:].*\n", re.MULTILINE)


def translate(name: str, source: bytes) -> str:
    """Translate one module of cases. Raises ValueError if it is not the one that is known."""
    text = CODING.sub("", source.decode("latin-1").replace("\r\n", "\n"))
    for old, new in CHANGES.get(name, []):
        if old not in text:
            raise ValueError(f"{name} has no {old!r}: another version of the suite?")
        text = text.replace(old, new)
    text = PRINT.sub(r"\1pass", text).replace("xrange(", "range(").replace("unichr(", "chr(")
    return re.sub(r"^import binascii$", "import latin1_hex as binascii", text, flags=re.MULTILINE)


def main(sdist: Path, folder: Path) -> int:
    """Translate the cases of a source distribution into a folder; their modules import each other from there."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with tarfile.open(sdist) as archive:
        for member in archive:
            match = CASES.match(member.name)
            stream = archive.extractfile(member) if match else None
            if match and stream:
                (folder / match[1]).write_text(translate(match[1], stream.read()), encoding="utf-8")
                count += 1
    (folder / "latin1_hex.py").write_text(HEX)
    sys.stderr.write(f"{count} modules of cases in {folder}\n")
    return 0 if count else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
