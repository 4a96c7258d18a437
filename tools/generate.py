"""Write what follows from the wire's definition: core_ext/wire.pxd, protocol/vectors/*.json and files of the clients.

`python -m tools.generate` writes, and deletes what has lost its source; with `--check` it changes nothing, names what
differs or is left over and exits with status 1.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from tools.clients import csharp, csharp_messages, typescript
from tools.clients.unity_meta import render_metas
from tools.vectors.frame import frame_file
from tools.vectors.layout import VectorFile, render
from tools.vectors.messages import messages_file
from tools.vectors.pose import pose_file
from tools.vectors.quantities import hands_file, quantities_file, schema_file
from tools.vectors.record import record_file
from tools.vectors.sessions import sessions_file
from tools.vectors.transport import transport_file
from tools.wire_pxd import render_wire_pxd

ROOT: Final = Path(__file__).resolve().parent.parent
VECTORS: Final[Mapping[str, Callable[[], VectorFile]]] = {
    "schema": schema_file,
    "quantities": quantities_file,
    "hands": hands_file,
    "messages": messages_file,
    "pose": pose_file,
    "record": record_file,
    "frame": frame_file,
    "transport": transport_file,
    "sessions": sessions_file,
}
TYPESCRIPT: Final = "clients/web/src/protocol/generated"
UNITY: Final = "clients/unity_stub"
CSHARP: Final = f"{UNITY}/Runtime/Core/Generated"
SOURCES: Final[Mapping[str, Callable[[], str]]] = {
    "core_ext/wire.pxd": render_wire_pxd,
    f"{TYPESCRIPT}/constants.ts": typescript.render_constants,
    f"{TYPESCRIPT}/messages.ts": typescript.render_messages,
    f"{TYPESCRIPT}/tables.ts": typescript.render_tables,
    f"{CSHARP}/Constants.cs": csharp.render_constants,
    f"{CSHARP}/Messages.cs": csharp_messages.render_messages,
    f"{CSHARP}/Tables.cs": csharp.render_tables,
}
GENERATED_ALONE: Final = (
    "protocol/vectors/*.json",
    f"{TYPESCRIPT}/*.ts",
    f"{CSHARP}/*.cs",
    f"{UNITY}/**/*.meta",
)
"""Where nothing is but what is generated."""


def outputs() -> dict[str, str]:
    """Return what every generated file should hold, by its path in the repository."""
    files = {path: render() for path, render in SOURCES.items()}
    files.update({f"protocol/vectors/{name}.json": render(build()) for name, build in VECTORS.items()})
    made = [path.removeprefix(f"{UNITY}/") for path in files if path.startswith(f"{UNITY}/")]
    gone = [path.name for path in (ROOT / CSHARP).glob("*.cs") if f"{CSHARP}/{path.name}" not in files]
    metas = {f"{UNITY}/{path}": text for path, text in render_metas(ROOT / UNITY, made).items()}
    return files | {
        path: text for path, text in metas.items() if path not in {f"{CSHARP}/{name}.meta" for name in gone}
    }


def left_over(root: Path, files: Mapping[str, str]) -> list[str]:
    """Return the paths under `root` of what was generated once, but is none of the `files`."""
    there = {path.relative_to(root).as_posix() for pattern in GENERATED_ALONE for path in root.glob(pattern)}
    return sorted(there - set(files))


def differing(root: Path, files: Mapping[str, str]) -> dict[str, str]:
    """Return which of the `files` should be written under `root`: those that are missing or hold something else."""
    return {
        path: text
        for path, text in files.items()
        if not (root / path).is_file() or (root / path).read_text(encoding="utf-8") != text
    }


def write(root: Path) -> tuple[list[str], list[str]]:
    """Write what differs and nothing else: builds see only real changes. Returns what was written and deleted."""
    files = outputs()
    texts, gone = differing(root, files), left_over(root, files)
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    for path in gone:
        (root / path).unlink()
    return list(texts), gone


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if anything differs")
    if parser.parse_args(arguments).check:
        files = outputs()
        paths, gone = differing(root, files), left_over(root, files)
        for path in paths:
            print(f"{path} is not what tools/generate.py writes: run `make generate`")
        for path in gone:
            print(f"{path} has no source any more: run `make generate`")
        return 1 if paths or gone else 0
    written, deleted = write(root)
    for path in written:
        print(f"wrote {path}")
    for path in deleted:
        print(f"deleted {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
