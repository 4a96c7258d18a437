from pathlib import Path

from typer.testing import CliRunner

from server import main
from server.store.sqlite import Store

RUNNER = CliRunner()


async def test_the_commands_say_what_they_did_and_what_stands_against_it(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite3"
    store = await Store.open(file)
    copy = str(tmp_path / "copy")
    made = RUNNER.invoke(main.app, ["backup", copy, "--store", str(file)])
    assert (made.exit_code, "bytes, checked" in made.stdout) == (0, True)
    again = RUNNER.invoke(main.app, ["backup", copy, "--store", str(file)])
    assert (again.exit_code, "is there already" in again.stderr) == (1, True)
    missing = RUNNER.invoke(main.app, ["backup", str(tmp_path / "x"), "--store", str(tmp_path / "none")])
    assert (missing.exit_code, "there is no such file" in missing.stderr) == (1, True)
    nowhere = RUNNER.invoke(main.app, ["backup", str(tmp_path / "no" / "x"), "--store", str(file)])
    assert (nowhere.exit_code, "cannot be written" in nowhere.stderr) == (1, True)
    running = RUNNER.invoke(main.app, ["restore", copy, "--store", str(file)])
    assert (running.exit_code, "a server has it open" in running.stderr) == (1, True)
    await store.close()
    done = RUNNER.invoke(main.app, ["restore", copy, "--store", str(file)])
    assert (done.exit_code, "checked" in done.stdout) == (0, True)
    none = RUNNER.invoke(main.app, ["restore", str(tmp_path / "none"), "--store", str(file)])
    assert (none.exit_code, "there is no such file" in none.stderr) == (1, True)
    wrong = RUNNER.invoke(main.app, ["restore", copy, "--facility", "none.toml"])
    assert wrong.exit_code == 2
