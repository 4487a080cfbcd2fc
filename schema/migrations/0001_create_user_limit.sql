-- Generated from the entities.
-- Never edit it: databases that have run it know it by its contents.

-- user_limit: a new entity
CREATE TABLE "UserLimit" (
    "active_from" INTEGER NOT NULL,
    "active_until" INTEGER,
    "brand_id" TEXT NOT NULL,
    "created_at" INTEGER,
    "currency_code" TEXT NOT NULL,
    "next_reset_time" INTEGER,
    "period" TEXT NOT NULL,
    "previous_limit_value" TEXT,
    "progress" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "user_limit_id" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "kh__version" INTEGER NOT NULL,
    PRIMARY KEY ("user_limit_id")
) STRICT, WITHOUT ROWID;
CREATE INDEX "UserLimit/by_user"
    ON "UserLimit" ("user_id");
