-- Generated from the entities.
-- Never edit it: databases that have run it know it by its contents.

-- parcel: a new entity
CREATE TABLE "Parcel" (
    "parcel_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "place" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    "items" TEXT NOT NULL,
    "grams" INTEGER NOT NULL,
    "notes" TEXT,
    "notes__null" INTEGER NOT NULL DEFAULT 0,
    "moved_at" TEXT NOT NULL,
    "moved_at__order" TEXT NOT NULL,
    "kh__version" INTEGER NOT NULL,
    PRIMARY KEY ("parcel_id")
) STRICT, WITHOUT ROWID;
CREATE INDEX "Parcel/by_state"
    ON "Parcel" ("state", "moved_at__order");
