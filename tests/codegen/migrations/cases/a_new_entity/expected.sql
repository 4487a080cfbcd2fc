-- 0002_create_widget.sql
-- Generated from the entities.
-- Never edit it: databases that have run it know it by its contents.

-- widget: a new entity
CREATE TABLE "Widget" (
    "code" TEXT NOT NULL,
    "at" TEXT NOT NULL,
    "at__order" TEXT NOT NULL,
    "kh__version" INTEGER NOT NULL,
    PRIMARY KEY ("at__order", "code")
) STRICT, WITHOUT ROWID;
