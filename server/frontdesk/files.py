"""Files: the facility's scenes and the map page."""

import os
from pathlib import Path
from typing import Final

from starlette.responses import FileResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC_FOLDER: Final = Path(__file__).parent / "static"
"""The map page."""

SCENE_TYPES: Final = {
    ".gltf": "model/gltf+json",
    ".glb": "model/gltf-binary",
    ".bin": "application/octet-stream",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".ktx2": "image/ktx2",
}
"""What a scene is made of; nothing else in the folder is served."""


class PageFiles(StaticFiles):
    """The map page and what it loads. Clients ask each time whether a file has changed."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Add how long a file may be kept."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = "no-cache"
        return response


class SceneFiles(PageFiles):
    """The files of the scene folder that scenes are made of."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Find a file of a known type."""
        return super().lookup_path(path) if Path(path).suffix in SCENE_TYPES else ("", None)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Say the media type, which the system's tables do not know."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        if isinstance(response, FileResponse):
            response.headers["Content-Type"] = SCENE_TYPES[Path(full_path).suffix]
        return response


def scene_files(folder: Path) -> Mount:
    """Serve a facility's scenes."""
    return Mount("/scenes", SceneFiles(directory=folder))


def page_files(folder: Path) -> Mount:
    """Serve the map page at the root, below everything else."""
    return Mount("/", PageFiles(directory=folder, html=True))
