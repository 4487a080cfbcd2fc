-- 0002_change_thing.sql
-- Generated from the entities.
-- Never edit it: databases that have run it know it by its contents.

-- thing: an index less, count
DROP INDEX "Thing/count";
