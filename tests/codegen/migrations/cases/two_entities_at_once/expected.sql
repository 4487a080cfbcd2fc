-- 0002_create_tables.sql
-- Generated from the entities.
-- Never edit it: databases that have run it know it by its contents.

-- gadget: a new entity
CREATE TABLE "Gadget" (
    "code" TEXT NOT NULL,
    "kh__version" INTEGER NOT NULL,
    PRIMARY KEY ("code")
) STRICT, WITHOUT ROWID;

-- widget: a new entity
CREATE TABLE "Widget" (
    "code" TEXT NOT NULL,
    "kh__version" INTEGER NOT NULL,
    PRIMARY KEY ("code")
) STRICT, WITHOUT ROWID;
