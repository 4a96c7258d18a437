-- A store as servers of schema version 1 wrote it.
PRAGMA application_id = 1347180878;
BEGIN TRANSACTION;
CREATE TABLE rooms_opened (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id VARCHAR NOT NULL, 
	type VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	UNIQUE (id)
);
INSERT INTO "rooms_opened" VALUES(2,'consult-0000000000000002','consult','Visite d''après-midi');
CREATE TABLE schema_version (
	version INTEGER NOT NULL
);
INSERT INTO "schema_version" VALUES(1);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('rooms_opened',2);
COMMIT;
