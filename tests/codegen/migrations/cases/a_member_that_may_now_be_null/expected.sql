-- 0002_change_thing.sql
-- Generated from the entities.
-- Never edit it: databases that have run it know it by its contents.

-- thing: name is optional now
CREATE TABLE "kh_new" (
    "id" TEXT NOT NULL,
    "name" TEXT,
    "name__null" INTEGER NOT NULL DEFAULT 0,
    "count" INTEGER,
    "price" TEXT,
    "made" TEXT NOT NULL,
    "maybe" TEXT,
    "maybe__null" INTEGER NOT NULL DEFAULT 0,
    "kh__version" INTEGER NOT NULL,
    PRIMARY KEY ("id")
) STRICT, WITHOUT ROWID;
INSERT INTO "kh_new" (
    "id",
    "name",
    "name__null",
    "count",
    "price",
    "made",
    "maybe",
    "maybe__null",
    "kh__version"
)
SELECT
    "id",
    "name",
    0,
    "count",
    "price",
    "made",
    "maybe",
    "maybe__null",
    "kh__version"
FROM "Thing";
DROP TABLE "Thing";
ALTER TABLE "kh_new" RENAME TO "Thing";
CREATE INDEX "Thing/count"
    ON "Thing" ("count");
