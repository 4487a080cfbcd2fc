-- 0002_change_thing.sql
-- Generated from the entities.
-- Never edit it: databases that have run it know it by its contents.

-- thing: another index, count
DROP INDEX "Thing/count";
CREATE INDEX "Thing/count"
    ON "Thing" ("count", "name");
