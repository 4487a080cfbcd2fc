-- 0002_change_thing.sql
-- Generated from the entities.
-- Never edit it: databases that have run it know it by its contents.

-- thing: a new member, cost; a new index, cost
ALTER TABLE "Thing" ADD COLUMN "cost" TEXT;
ALTER TABLE "Thing" ADD COLUMN "cost__order" TEXT;
CREATE INDEX "Thing/cost"
    ON "Thing" ("name", "cost__order")
    WHERE "cost__order" IS NOT NULL;
