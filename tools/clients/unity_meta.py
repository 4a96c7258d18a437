"""The .meta files of the Unity package: in one that Unity may not write to, an asset without one is ignored."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_IMPORTERS: Final = {
    ".cs": "MonoImporter:\n  externalObjects: {}\n  serializedVersion: 2\n  defaultReferences: []\n"
    "  executionOrder: 0\n  icon: {instanceID: 0}\n",
    ".asmdef": "AssemblyDefinitionImporter:\n  externalObjects: {}\n",
    ".md": "TextScriptImporter:\n  externalObjects: {}\n",
    "package.json": "PackageManifestImporter:\n  externalObjects: {}\n",
}
_FOLDER: Final = "folderAsset: yes\nDefaultImporter:\n  externalObjects: {}\n"
_OTHER: Final = "DefaultImporter:\n  externalObjects: {}\n"
_END: Final = "  userData: \n  assetBundleName: \n  assetBundleVariant: \n"


def render_metas(package: Path, generated: Iterable[str]) -> dict[str, str]:
    """Return each .meta file by its path in the package: of files, also of those yet to be made, and folders."""
    there = {path.relative_to(package) for path in package.rglob("*") if path.is_file()}
    files = there | {Path(path) for path in generated}
    assets = {path for path in files if path.suffix != ".meta" and not any(map(_is_ignored, path.parts))}
    folders = {folder for path in assets for folder in path.parents} - {Path()}
    texts = {f"{path.as_posix()}.meta": _meta(path, folder=False) for path in assets}
    return texts | {f"{path.as_posix()}.meta": _meta(path, folder=True) for path in folders}


def _is_ignored(name: str) -> bool:
    """Whether Unity does not look at a file or folder of this name."""
    return name.startswith(".") or name.endswith("~")


def _meta(path: Path, *, folder: bool) -> str:
    importer = _FOLDER if folder else _IMPORTERS.get(path.name, _IMPORTERS.get(path.suffix, _OTHER))
    return f"fileFormatVersion: 2\nguid: {_guid(path)}\n{importer}{_END}"


def _guid(path: Path) -> str:
    """Of the path alone: scenes refer to scripts by it, so it stays for as long as the file does."""
    return hashlib.blake2b(f"polyclinic/unity/{path.as_posix()}".encode(), digest_size=16).hexdigest()
