/*
 * Generated from schema/migrations.
 * To change this file, edit the schema and build.
 */
#include "migrations.h"

static const struct kh_str parts_1[] = {
    KH_STR_INIT("-- Generated from the entities.\n"),
    KH_STR_INIT("-- Never edit it: databases that have run it know it by its "),
    KH_STR_INIT("contents.\n"),
    KH_STR_INIT("\n"),
    KH_STR_INIT("-- user_limit: a new entity\n"),
    KH_STR_INIT("CREATE TABLE \"UserLimit\" (\n"),
    KH_STR_INIT("    \"active_from\" INTEGER NOT NULL,\n"),
    KH_STR_INIT("    \"active_until\" INTEGER,\n"),
    KH_STR_INIT("    \"brand_id\" TEXT NOT NULL,\n"),
    KH_STR_INIT("    \"created_at\" INTEGER,\n"),
    KH_STR_INIT("    \"currency_code\" TEXT NOT NULL,\n"),
    KH_STR_INIT("    \"next_reset_time\" INTEGER,\n"),
    KH_STR_INIT("    \"period\" TEXT NOT NULL,\n"),
    KH_STR_INIT("    \"previous_limit_value\" TEXT,\n"),
    KH_STR_INIT("    \"progress\" TEXT NOT NULL,\n"),
    KH_STR_INIT("    \"status\" TEXT NOT NULL,\n"),
    KH_STR_INIT("    \"type\" TEXT NOT NULL,\n"),
    KH_STR_INIT("    \"user_id\" TEXT NOT NULL,\n"),
    KH_STR_INIT("    \"user_limit_id\" TEXT NOT NULL,\n"),
    KH_STR_INIT("    \"value\" TEXT NOT NULL,\n"),
    KH_STR_INIT("    \"kh__version\" INTEGER NOT NULL,\n"),
    KH_STR_INIT("    PRIMARY KEY (\"user_limit_id\")\n"),
    KH_STR_INIT(") STRICT, WITHOUT ROWID;\n"),
    KH_STR_INIT("CREATE INDEX \"UserLimit/by_user\"\n"),
    KH_STR_INIT("    ON \"UserLimit\" (\"user_id\");\n"),
};

static const struct kh_migration rows[] = {
    {
        .name = "0001_create_user_limit.sql",
        .sha256 = "227927afefdddd5316b813bea7b20489579fca92a14cee25f2eb6b3fcb2da7f0",
        .parts = parts_1,
        .part_count = sizeof parts_1 / sizeof parts_1[0],
    },
};

const struct kh_migrations migrations = { rows, sizeof rows / sizeof rows[0] };
