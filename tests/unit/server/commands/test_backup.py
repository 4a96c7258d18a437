from pathlib import Path

from typer.testing import CliRunner

from server import main
from server.audit.opening import open_writer
from server.audit.record import decode
from server.store.sqlite import Store
from tests.support.audit import lines_of

RUNNER = CliRunner()


async def test_the_commands_say_what_they_did_and_what_stands_against_it(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite3"
    store = await Store.open(file)
    open_writer(tmp_path / "store.audit").close()
    copy = str(tmp_path / "copy")
    made = RUNNER.invoke(main.app, ["backup", copy, "--store", str(file)])
    assert (made.exit_code, "bytes, checked" in made.stdout) == (0, True)
    again = RUNNER.invoke(main.app, ["backup", copy, "--store", str(file)])
    assert (again.exit_code, "is there already" in again.stderr) == (1, True)
    missing = RUNNER.invoke(main.app, ["backup", str(tmp_path / "x"), "--store", str(tmp_path / "none")])
    assert (missing.exit_code, "there is no such file" in missing.stderr) == (1, True)
    device = RUNNER.invoke(main.app, ["backup", str(tmp_path / "x"), "--store", "/dev/zero"])
    assert (device.exit_code, "expected a regular file, got a device" in device.stderr) == (1, True)
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


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


async def test_no_command_begins_an_audit_log(tmp_path: Path) -> None:
    """It would be a second one, with a key of its own, and the clinic's own would have nothing."""
    file, log = tmp_path / "another.sqlite3", tmp_path / "clinic.audit"
    await (await Store.open(file)).close()
    open_writer(log).close()
    copy = tmp_path / "copy"
    before = names(tmp_path)
    commands = [["backup", str(copy)], ["restore", str(file)], ["audit", "erase", "guest-1"]]
    for command in commands:
        for more in ([], ["--path", str(tmp_path / "nowhere.audit")]):
            refused = RUNNER.invoke(main.app, [*command, "--store", str(file), *more])
            assert (refused.exit_code, refused.stdout) == (1, "")
            assert refused.stderr.startswith("nothing was done, because it cannot be written down: ")
            assert "by --path, or put it back" in refused.stderr
    assert names(tmp_path) == before
    for command, status in zip([commands[0], ["restore", str(copy)], commands[2]], [0, 0, 1], strict=True):
        done = RUNNER.invoke(main.app, [*command, "--store", str(file), "--path", str(log)])
        assert done.exit_code == status, done.output
    assert not (tmp_path / "another.audit").exists()
    actions = [decode(line[65:-1]).action for line in lines_of(log)]
    # To erase somebody of whom nothing is known is nothing to write down.
    assert [each for each in actions if each in {"store_copied", "store_restored", "erasure"}] == [
        action for action in ("store_copied", "store_restored") for _ in ("begun", "ended")
    ]
