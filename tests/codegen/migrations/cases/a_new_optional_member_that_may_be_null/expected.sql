-- 0002_change_thing.sql
-- Generated from the entities.
-- Never edit it: databases that have run it know it by its contents.

-- thing: a new member, note
ALTER TABLE "Thing" ADD COLUMN "note" TEXT;
ALTER TABLE "Thing" ADD COLUMN "note__null" INTEGER NOT NULL DEFAULT 0;
