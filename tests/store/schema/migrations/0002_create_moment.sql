-- Generated from the entities.
-- Never edit it: databases that have run it know it by its contents.

-- moment: a new entity
CREATE TABLE "Moment" (
    "at" TEXT NOT NULL,
    "at__order" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "kh__version" INTEGER NOT NULL,
    PRIMARY KEY ("at__order")
) STRICT, WITHOUT ROWID;
