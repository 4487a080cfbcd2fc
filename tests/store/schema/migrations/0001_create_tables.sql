-- Generated from the entities.
-- Never edit it: databases that have run it know it by its contents.

-- other: a new entity
CREATE TABLE "Other" (
    "id" TEXT NOT NULL,
    "part" INTEGER NOT NULL,
    "group" TEXT NOT NULL,
    "at" TEXT NOT NULL,
    "price" TEXT,
    "flag" INTEGER NOT NULL,
    "big" INTEGER NOT NULL,
    "unsigned_big" TEXT NOT NULL,
    "ratio" REAL NOT NULL,
    "colour" TEXT NOT NULL,
    "note" TEXT,
    "note__null" INTEGER NOT NULL DEFAULT 0,
    "nested" TEXT,
    "kh__version" INTEGER NOT NULL,
    PRIMARY KEY ("id", "part")
) STRICT, WITHOUT ROWID;

-- thing: a new entity
CREATE TABLE "Thing" (
    "id" TEXT NOT NULL,
    "part" INTEGER NOT NULL,
    "group" TEXT NOT NULL,
    "at" TEXT NOT NULL,
    "at__order" TEXT NOT NULL,
    "price" TEXT,
    "price__order" TEXT,
    "flag" INTEGER NOT NULL,
    "big" INTEGER NOT NULL,
    "unsigned_big" TEXT NOT NULL,
    "ratio" REAL NOT NULL,
    "colour" TEXT NOT NULL,
    "note" TEXT,
    "note__null" INTEGER NOT NULL DEFAULT 0,
    "nested" TEXT,
    "kh__version" INTEGER NOT NULL,
    PRIMARY KEY ("id", "part")
) STRICT, WITHOUT ROWID;
CREATE INDEX "Thing/price"
    ON "Thing" ("group", "price__order")
    WHERE "price__order" IS NOT NULL;
CREATE INDEX "Thing/time"
    ON "Thing" ("group", "at__order");
