from sqlalchemy import create_engine, inspect

from server.store.tables import APPLICATION_ID, METADATA


def test_the_tables_are_those_of_rooms_and_what_is_kept_of_them() -> None:
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    columns = {name: [column["name"] for column in inspect(engine).get_columns(name)] for name in METADATA.tables}
    engine.dispose()
    assert columns == {
        "schema_version": ["version"],
        "rooms_opened": ["number", "id", "type", "name"],
        "edits": ["room", "feature", "key", "number", "value", "op", "author"],
        "lines": ["number", "room", "feature", "value", "op", "written", "author"],
        "operations": ["number", "room", "identity", "op", "result", "author"],
        "invitations": ["id", "room", "role", "issuer", "uses", "used", "expires", "revoked"],
        "store_id": ["id"],
        "erasures": ["id"],
        "copied": ["at"],
    }


def test_the_mark_of_our_files_reads_as_letters() -> None:
    assert APPLICATION_ID.to_bytes(4, "big") == b"PLYN"
