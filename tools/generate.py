"""Write what follows from the wire's definition: core_ext/wire.pxd, protocol/vectors/*.json and files of the clients.

`python -m tools.generate` writes; with `--check` it writes nothing, names what differs and exits with status 1.
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


def outputs() -> dict[str, str]:
    """Return what every generated file should hold, by its path in the repository."""
    files = {path: render() for path, render in SOURCES.items()}
    files.update({f"protocol/vectors/{name}.json": render(build()) for name, build in VECTORS.items()})
    made = [path.removeprefix(f"{UNITY}/") for path in files if path.startswith(f"{UNITY}/")]
    files.update({f"{UNITY}/{path}": text for path, text in render_metas(ROOT / UNITY, made).items()})
    return files


def differing(root: Path) -> dict[str, str]:
    """Return what should be written under `root`, by path: files that are missing or hold something else."""
    return {
        path: text
        for path, text in outputs().items()
        if not (root / path).is_file() or (root / path).read_text(encoding="utf-8") != text
    }


def write(root: Path) -> list[str]:
    """Write what differs, and nothing else, so that builds see only real changes. Returns the paths written."""
    texts = differing(root)
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return list(texts)


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if anything differs")
    if parser.parse_args(arguments).check:
        paths = differing(root)
        for path in paths:
            print(f"{path} is not what tools/generate.py writes: run `make generate`")
        return 1 if paths else 0
    for path in write(root):
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
