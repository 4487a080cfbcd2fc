-- 0002_change_thing.sql
-- Generated from the entities.
-- Never edit it: databases that have run it know it by its contents.

-- thing: a new index, name
CREATE INDEX "Thing/name"
    ON "Thing" ("name", "count")
    WHERE "count" IS NOT NULL;
