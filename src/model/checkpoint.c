/* The table of checkpoints: kh_checkpoints in SQLite, kh-checkpoints in DynamoDB. */
#include "model/checkpoint.h"

#include "kh/entity_dynamodb.h"
#include "kh/entity_sql.h"

enum { FIELD_FINISHED, FIELD_FROM_MS, FIELD_ID, FIELD_SEQUENCE_NUMBER, FIELD_UPDATED_MS, FIELDS };

static const struct kh_field fields[FIELDS] = {
    [FIELD_FINISHED] = { .name = KH_STR_INIT("finished"),
                         .kind = KH_FIELD_BOOL,
                         .offset = offsetof(struct kh_checkpoint, finished) },
    [FIELD_FROM_MS] = { .name = KH_STR_INIT("fromMs"),
                        .kind = KH_FIELD_INT64,
                        .offset = offsetof(struct kh_checkpoint, from_ms) },
    [FIELD_ID] = { .name = KH_STR_INIT("id"),
                   .kind = KH_FIELD_STR,
                   .offset = offsetof(struct kh_checkpoint, id) },
    [FIELD_SEQUENCE_NUMBER] = { .name = KH_STR_INIT("sequenceNumber"),
                                .kind = KH_FIELD_STR,
                                .offset = offsetof(struct kh_checkpoint, sequence_number) },
    [FIELD_UPDATED_MS] = { .name = KH_STR_INIT("updatedMs"),
                           .kind = KH_FIELD_INT64,
                           .offset = offsetof(struct kh_checkpoint, updated_ms) },
};

static const size_t key[] = { FIELD_ID };
static const size_t strings[] = { FIELD_ID, FIELD_SEQUENCE_NUMBER };

/* ---- SQLite -------------------------------------------------------------------------------- */

#define TABLE "\"kh_checkpoints\""
#define COLUMNS                                                                                    \
    "\"finished\", \"from_ms\", \"id\", \"sequence_number\", \"updated_ms\", \"kh__version\""

const char kh_checkpoint_sql[] = "CREATE TABLE " TABLE " (\n"
                                 "    \"finished\" INTEGER NOT NULL,\n"
                                 "    \"from_ms\" INTEGER NOT NULL,\n"
                                 "    \"id\" TEXT NOT NULL PRIMARY KEY,\n"
                                 "    \"sequence_number\" TEXT NOT NULL,\n"
                                 "    \"updated_ms\" INTEGER NOT NULL,\n"
                                 "    \"kh__version\" INTEGER NOT NULL\n"
                                 ") STRICT, WITHOUT ROWID;\n";

static const bool ordered[FIELDS] = { false };

static const struct kh_entity_sql sql = {
    .ordered = ordered,
    .get = "SELECT " COLUMNS " FROM " TABLE " WHERE \"id\" = ?1",
    .version = "SELECT \"kh__version\" FROM " TABLE " WHERE \"id\" = ?1",
    .insert = "INSERT INTO " TABLE " (" COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
              " ON CONFLICT (\"id\") DO NOTHING",
    .update = "UPDATE " TABLE " SET (\"finished\", \"from_ms\", \"sequence_number\","
              " \"updated_ms\", \"kh__version\") = (?1, ?2, ?4, ?5, ?6)"
              " WHERE \"id\" = ?3 AND \"kh__version\" = ?7",
    .remove = "DELETE FROM " TABLE " WHERE \"id\" = ?1 AND \"kh__version\" = ?2",
    .all = { .first = "SELECT " COLUMNS " FROM " TABLE " ORDER BY \"id\" LIMIT ?1",
             .after = "SELECT " COLUMNS " FROM " TABLE
                      " WHERE (\"id\") > (?1) ORDER BY \"id\" LIMIT ?2" },
};

/* ---- DynamoDB ------------------------------------------------------------------------------ */

static const struct kh_entity_dynamodb dynamodb = {
    .hash = { KH_STR_INIT("id"), KH_STR_INIT("S"), key, 1, true },
};

/* ---- JSON ---------------------------------------------------------------------------------- */

static enum kh_status read_checkpoint(struct kh_json *in, void *out)
{
    static const struct kh_str names[FIELDS] = {
        KH_STR_INIT("finished"),       KH_STR_INIT("fromMs"),    KH_STR_INIT("id"),
        KH_STR_INIT("sequenceNumber"), KH_STR_INIT("updatedMs"),
    };
    static const uint64_t required[] = { KH_SEEN(FIELD_FINISHED) | KH_SEEN(FIELD_FROM_MS) |
                                         KH_SEEN(FIELD_ID) | KH_SEEN(FIELD_SEQUENCE_NUMBER) |
                                         KH_SEEN(FIELD_UPDATED_MS) };
    struct kh_checkpoint *checkpoint = out;
    uint64_t seen[KH_SEEN_WORDS(FIELDS)] = { 0 };
    struct kh_json_object object;

    *checkpoint = (struct kh_checkpoint){ .id = KH_STR("") };
    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_more(in, &object)) {
        if (kh_json_take_member(in, &object, seen, FIELD_FINISHED, KH_STR("\"finished\":"))) {
            KH_TRY(kh_json_read_bool(in, &checkpoint->finished));
        }
        if (kh_json_take_member(in, &object, seen, FIELD_FROM_MS, KH_STR("\"fromMs\":"))) {
            KH_TRY(kh_json_read_int64(in, &checkpoint->from_ms));
        }
        if (kh_json_take_member(in, &object, seen, FIELD_ID, KH_STR("\"id\":"))) {
            KH_TRY(kh_json_read_str(in, &checkpoint->id));
        }
        if (kh_json_take_member(in, &object, seen, FIELD_SEQUENCE_NUMBER,
                                KH_STR("\"sequenceNumber\":"))) {
            KH_TRY(kh_json_read_str(in, &checkpoint->sequence_number));
        }
        if (kh_json_take_member(in, &object, seen, FIELD_UPDATED_MS, KH_STR("\"updatedMs\":"))) {
            KH_TRY(kh_json_read_int64(in, &checkpoint->updated_ms));
        }
        KH_TRY(kh_json_other_member(in, &object));
    }
    return kh_json_object_end(in, &object, seen, required, names, FIELDS);
}

static enum kh_status write_checkpoint(struct kh_json_writer *out, const void *value)
{
    const struct kh_checkpoint *checkpoint = value;

    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh_json_write_name(out, KH_STR("finished")));
    KH_TRY(kh_json_write_bool(out, checkpoint->finished));
    KH_TRY(kh_json_write_name(out, KH_STR("fromMs")));
    KH_TRY(kh_json_write_int64(out, checkpoint->from_ms));
    KH_TRY(kh_json_write_name(out, KH_STR("id")));
    KH_TRY(kh_json_write_str(out, checkpoint->id));
    KH_TRY(kh_json_write_name(out, KH_STR("sequenceNumber")));
    KH_TRY(kh_json_write_str(out, checkpoint->sequence_number));
    KH_TRY(kh_json_write_name(out, KH_STR("updatedMs")));
    KH_TRY(kh_json_write_int64(out, checkpoint->updated_ms));
    return kh_json_write_object_end(out);
}

static const struct kh_codec codec = {
    .read = read_checkpoint,
    .write = write_checkpoint,
    .size = sizeof(struct kh_checkpoint),
};

const struct kh_entity kh_checkpoint_entity = {
    .name = KH_STR_INIT("kh-checkpoints"),
    .table = KH_STR_INIT("kh-checkpoints"),
    .fields = fields,
    .field_count = FIELDS,
    .key = key,
    .key_count = 1,
    .strings = strings,
    .string_count = sizeof strings / sizeof strings[0],
    .codec = &codec,
    .sql = &sql,
    .dynamodb = &dynamodb,
};
