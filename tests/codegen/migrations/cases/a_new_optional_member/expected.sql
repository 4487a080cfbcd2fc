-- 0002_change_thing.sql
-- Generated from the entities.
-- Never edit it: databases that have run it know it by its contents.

-- thing: a new member, note; a new member, when
ALTER TABLE "Thing" ADD COLUMN "note" TEXT;
ALTER TABLE "Thing" ADD COLUMN "when" TEXT;
