"""A small driver of a headless Chromium over the DevTools protocol, on `websockets`: pages, scripts, keys, pictures."""

import asyncio
import base64
import http.client
import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect

START_SECONDS = 120.0
ANSWER_SECONDS = 120.0
WAIT_SECONDS = 120.0
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--metrics-recording-only",
    "--remote-debugging-port=0",
)


class Page:
    """One tab. `complaints` is what the browser logged as errors: exceptions, refused loads, breaches of policy."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._number = 0
        self.complaints: list[str] = []
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._connection:
            told = json.loads(message)
            if "id" in told:
                self._answers.pop(told["id"]).set_result(told)
            elif told["method"] == "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(told["params"]["exceptionDetails"]))
            elif told["method"] == "Log.entryAdded" and told["params"]["entry"]["level"] == "error":
                self.complaints.append(json.dumps(told["params"]["entry"]))

    async def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Give a DevTools command and return its result."""
        self._number += 1
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[self._number] = answer
        await self._connection.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        told = await asyncio.wait_for(answer, ANSWER_SECONDS)
        if "error" in told:
            raise RuntimeError(f"{method}: {told['error']}")
        result: dict[str, Any] = told["result"]
        return result

    async def open(self, address: str) -> None:
        for domain in ("Page", "Runtime", "Log"):
            await self.command(f"{domain}.enable")
        await self.command("Page.navigate", url=address)

    async def evaluate(self, expression: str) -> Any:
        """Evaluate JavaScript, awaiting a promise; the value as JSON."""
        told = await self.command(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True, userGesture=True
        )
        if "exceptionDetails" in told:
            raise RuntimeError(f"{expression[:200]}: {json.dumps(told['exceptionDetails'])[:2000]}")
        return told["result"].get("value")

    async def wait_for(self, expression: str, seconds: float = WAIT_SECONDS) -> Any:
        """Evaluate until the value is truthy, and return it."""
        value = None
        try:
            async with asyncio.timeout(seconds):
                # A page has no way to tell that an expression has become true: look again.
                while not (value := await self.evaluate(expression)):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        except TimeoutError:
            complaints = "; ".join(self.complaints)
            raise AssertionError(
                f"not true within {seconds} s: {expression} (the page complains: {complaints})"
            ) from None
        return value

    async def hold_key(self, code: str, seconds: float) -> None:
        """Hold a key down, by its code (`KeyW`, `ArrowUp`)."""
        key = code.removeprefix("Key").lower() if code.startswith("Key") else code
        await self.command("Input.dispatchKeyEvent", type="rawKeyDown", code=code, key=key)
        await asyncio.sleep(seconds)
        await self.command("Input.dispatchKeyEvent", type="keyUp", code=code, key=key)

    async def write(self, text: str) -> None:
        """Type text where the focus is."""
        await self.command("Input.insertText", text=text)

    async def picture(self, file: Path) -> None:
        """Save what the page looks like as a PNG."""
        shot = await self.command("Page.captureScreenshot", format="png")
        await asyncio.to_thread(file.write_bytes, base64.b64decode(shot["data"]))

    async def close(self) -> None:
        """Leave the page as a person does, so that it can say farewell, and let go of the tab."""
        await self.command("Page.navigate", url="about:blank")
        await self._connection.close()
        await asyncio.gather(self._reader, return_exceptions=True)


class Chromium:
    """A browser with a profile of its own; an async context manager. `executable` is what Debian installs."""

    def __init__(self, *, width: int = 1280, height: int = 800, executable: str = "chromium") -> None:
        self._size = f"--window-size={width},{height}"
        self._executable = executable
        self._profile = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._pages: list[Page] = []
        self._port = 0

    async def __aenter__(self) -> Self:
        executable = shutil.which(self._executable)
        if executable is None:
            raise RuntimeError("the browser tests need Chromium: make system-packages, or apt-get install chromium")
        command = [executable, *FLAGS, self._size, f"--user-data-dir={self._profile.name}", "about:blank"]
        self._process = await asyncio.to_thread(_start, command)
        self._port = await _announced_port(Path(self._profile.name) / "DevToolsActivePort")
        return self

    async def page(self, address: str) -> Page:
        """Open a new tab."""
        told = await asyncio.to_thread(_new_tab, self._port)
        page = Page(await connect(told["webSocketDebuggerUrl"], max_size=64 << 20, compression=None, proxy=None))
        self._pages.append(page)
        await page.open(address)
        return page

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for page in self._pages:
            await page.close()
        if self._process is not None:
            self._process.terminate()
            await asyncio.to_thread(self._process.wait, 20)
        await asyncio.to_thread(self._profile.cleanup)


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


async def _announced_port(file: Path) -> int:
    """Wait for the file in which the browser says where it listens."""
    async with asyncio.timeout(START_SECONDS):
        # Nothing tells when another process has written a file: look again.
        while (port := await asyncio.to_thread(_first_line, file)) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return int(port)


def _first_line(file: Path) -> str | None:
    text = file.read_text() if file.is_file() else ""
    return text.splitlines()[0] if "\n" in text else None


def _new_tab(port: int) -> dict[str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    try:
        connection.request("PUT", "/json/new?about:blank")
        told: dict[str, str] = json.loads(connection.getresponse().read())
        return told
    finally:
        connection.close()
