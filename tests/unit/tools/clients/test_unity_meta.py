from pathlib import Path

from tools.clients.unity_meta import render_metas


def make(package: Path, *paths: str) -> None:
    for path in paths:
        (package / path).parent.mkdir(parents=True, exist_ok=True)
        (package / path).write_text("")


def test_each_file_and_folder_that_unity_sees_has_a_meta_file(tmp_path: Path) -> None:
    make(tmp_path, "Runtime/A.cs", "package.json", "Samples~/Clinic/B.cs", ".hidden", "Runtime/A.cs.meta")
    metas = render_metas(tmp_path, ["Runtime/Made/C.cs"])
    assert set(metas) == {
        "Runtime.meta",
        "Runtime/A.cs.meta",
        "Runtime/Made.meta",
        "Runtime/Made/C.cs.meta",
        "package.json.meta",
    }
    assert "folderAsset: yes" in metas["Runtime.meta"]
    assert "MonoImporter" in metas["Runtime/A.cs.meta"]
    assert "PackageManifestImporter" in metas["package.json.meta"]


def test_a_guid_is_of_the_path_alone(tmp_path: Path) -> None:
    make(tmp_path / "one", "A.cs", "B.cs")
    make(tmp_path / "other", "A.cs")
    one, other = render_metas(tmp_path / "one", []), render_metas(tmp_path / "other", [])
    assert one["A.cs.meta"] == other["A.cs.meta"]
    assert one["A.cs.meta"] != one["B.cs.meta"]
