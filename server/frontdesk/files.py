"""Files: the facility's scenes and looks, and the web client."""

import os
from collections.abc import Collection, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Final

from anyio.to_thread import run_sync
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from server.avatars import SUFFIX, Avatars

CLIENT_FOLDER: Final = Path(__file__).resolve().parents[2] / "clients" / "web" / "dist"
"""The web client, once it was built."""

WITHOUT_CLIENT: Final = Path(__file__).parent / "without_client"
"""The page that says how to get it, shown while there is none."""

ENCODINGS: Final = {"br": ".br", "gzip": ".gz"}
"""How the client's build has compressed its files beside them, the smaller first: by the name that browsers give."""

FOR_GOOD: Final = "public, max-age=31536000, immutable"
"""For files whose names change with what is in them."""

SCENE_TYPES: Final = {
    ".gltf": "model/gltf+json",
    ".glb": "model/gltf-binary",
    ".bin": "application/octet-stream",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".ktx2": "image/ktx2",
}
"""What a scene is made of; nothing else in the folder is served."""


PIECE_BYTES: Final = 131_072
"""As much of a file is read and sent at once: a look of half a MiB in a handful of turns, each of which costs the event
loop a call of a thread. A download that nobody reads on holds one piece."""


class FreshFiles(StaticFiles):
    """Files that clients keep, and ask each time whether they have changed."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Add how long a file may be kept."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        if isinstance(response, FileResponse):
            response.chunk_size = PIECE_BYTES
        response.headers["Cache-Control"] = "no-cache"
        return response


class ClientFiles(FreshFiles):
    """The web client: compressed where its build has done so and the browser takes it."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with the file, or with what is compressed of it."""
        for encoding in _accepted(scope):
            compressed = path + ENCODINGS[encoding]
            if await run_sync(self._is_there, compressed):
                response = await super().get_response(compressed, scope)
                response.headers["Content-Encoding"] = encoding
                response.headers["Vary"] = "Accept-Encoding"
                break
        else:
            response = await super().get_response(path, scope)
        if isinstance(response, RedirectResponse):
            # To a folder's address with a slash, at the host that somebody says this is: nothing leads there.
            raise HTTPException(HTTPStatus.NOT_FOUND)
        if path.startswith("assets/"):
            response.headers["Cache-Control"] = FOR_GOOD
        return response

    def _is_there(self, path: str) -> bool:
        try:
            return self.lookup_path(path)[1] is not None
        except (OSError, ValueError):
            # A name that no file can have: too long, or with a NUL.
            return False


class SceneFiles(FreshFiles):
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


class AvatarFiles(FreshFiles):
    """The looks that a facility offers; what else is in their folder is not served."""

    def __init__(self, folder: Path, offered: Collection[str]) -> None:
        super().__init__(directory=folder)
        self._offered = frozenset(f"{look}{SUFFIX}" for look in offered)

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Find a file that is offered."""
        return super().lookup_path(path) if path in self._offered else ("", None)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Say the media type: a VRM is a binary glTF."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        if isinstance(response, FileResponse):
            response.headers["Content-Type"] = SCENE_TYPES[".glb"]
        return response


def avatar_files(avatars: Avatars) -> list[Mount]:
    """Serve a facility's looks, where it has a folder of them."""
    return [] if avatars.folder is None else [Mount("/avatars", AvatarFiles(avatars.folder, avatars.offered))]


def scene_files(folder: Path) -> Mount:
    """Serve a facility's scenes."""
    return Mount("/scenes", SceneFiles(directory=folder))


def client_folder(built: Path = CLIENT_FOLDER) -> Path:
    """Give the folder of the web client if it was built, else of what says how to."""
    return built if (built / "index.html").is_file() else WITHOUT_CLIENT


def client_files(folder: Path) -> Mount:
    """Serve the web client at the root, below everything else."""
    return Mount("/", ClientFiles(directory=folder, html=True))


def _accepted(scope: Scope) -> Iterator[str]:
    # Whoever names an encoding only to refuse it (`br;q=0`) is no browser, and gets what it can do nothing with.
    named = {each.split(";")[0].strip() for each in Headers(scope=scope).get("accept-encoding", "").split(",")}
    return (encoding for encoding in ENCODINGS if encoding in named)
