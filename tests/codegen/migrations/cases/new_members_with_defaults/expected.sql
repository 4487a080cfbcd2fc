-- 0002_change_thing.sql
-- Generated from the entities.
-- Never edit it: databases that have run it know it by its contents.

-- thing: count is always there now; a new member, text; a new member, flag; a new member, huge; a new member, ratio; a new member, cost; a new member, at; a new member, shade; a new member, free; a new index, cost
CREATE TABLE "kh_new" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "price" TEXT,
    "made" TEXT NOT NULL,
    "maybe" TEXT,
    "maybe__null" INTEGER NOT NULL DEFAULT 0,
    "text" TEXT NOT NULL,
    "flag" INTEGER NOT NULL,
    "huge" TEXT NOT NULL,
    "ratio" REAL NOT NULL,
    "cost" TEXT NOT NULL,
    "cost__order" TEXT NOT NULL,
    "at" TEXT NOT NULL,
    "shade" TEXT NOT NULL,
    "free" TEXT NOT NULL,
    "kh__version" INTEGER NOT NULL,
    PRIMARY KEY ("id")
) STRICT, WITHOUT ROWID;
INSERT INTO "kh_new" (
    "id",
    "name",
    "count",
    "price",
    "made",
    "maybe",
    "maybe__null",
    "text",
    "flag",
    "huge",
    "ratio",
    "cost",
    "cost__order",
    "at",
    "shade",
    "free",
    "kh__version"
)
SELECT
    "id",
    "name",
    coalesce("count", -3),
    "price",
    "made",
    "maybe",
    "maybe__null",
    CAST(X'6974277320c3a901' AS TEXT),
    1,
    '18446744073709551615',
    0.1,
    '1.50',
    kh_decimal_order('1.50'),
    '2020-01-01T00:00:00Z',
    'LIGHT',
    '"any"',
    "kh__version"
FROM "Thing";
DROP TABLE "Thing";
ALTER TABLE "kh_new" RENAME TO "Thing";
CREATE INDEX "Thing/cost"
    ON "Thing" ("cost__order");
CREATE INDEX "Thing/count"
    ON "Thing" ("count");
