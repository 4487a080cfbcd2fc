-- Generated from the entities.
-- Never edit it: databases that have run it know it by its contents.

-- account: a new entity
CREATE TABLE "Account" (
    "account_id" TEXT NOT NULL,
    "applied" INTEGER NOT NULL,
    "balance" TEXT NOT NULL,
    "digest" INTEGER NOT NULL,
    "kh__version" INTEGER NOT NULL,
    PRIMARY KEY ("account_id")
) STRICT, WITHOUT ROWID;
