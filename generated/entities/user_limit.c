/*
 * Generated from schema/entities/user_limit.schema.json.
 * To change this file, edit the schema and build.
 */
#include "entities/user_limit.h"

#include <stddef.h>

#include "kh/entity_dynamodb.h"
#include "kh/entity_sql.h"
#include "kh/unit.h"

enum kh_status user_limit_read(struct kh_json *in, struct user_limit *out)
{
    enum {
        MEMBER_ACTIVE_FROM,
        MEMBER_ACTIVE_UNTIL,
        MEMBER_BRAND_ID,
        MEMBER_CREATED_AT,
        MEMBER_CURRENCY_CODE,
        MEMBER_NEXT_RESET_TIME,
        MEMBER_PERIOD,
        MEMBER_PREVIOUS_LIMIT_VALUE,
        MEMBER_PROGRESS,
        MEMBER_STATUS,
        MEMBER_TYPE,
        MEMBER_USER_ID,
        MEMBER_USER_LIMIT_ID,
        MEMBER_VALUE,
        MEMBERS
    };
    static const struct kh_str names[MEMBERS] = {
        [MEMBER_ACTIVE_FROM] = KH_STR_INIT("activeFrom"),
        [MEMBER_ACTIVE_UNTIL] = KH_STR_INIT("activeUntil"),
        [MEMBER_BRAND_ID] = KH_STR_INIT("brandId"),
        [MEMBER_CREATED_AT] = KH_STR_INIT("createdAt"),
        [MEMBER_CURRENCY_CODE] = KH_STR_INIT("currencyCode"),
        [MEMBER_NEXT_RESET_TIME] = KH_STR_INIT("nextResetTime"),
        [MEMBER_PERIOD] = KH_STR_INIT("period"),
        [MEMBER_PREVIOUS_LIMIT_VALUE] = KH_STR_INIT("previousLimitValue"),
        [MEMBER_PROGRESS] = KH_STR_INIT("progress"),
        [MEMBER_STATUS] = KH_STR_INIT("status"),
        [MEMBER_TYPE] = KH_STR_INIT("type"),
        [MEMBER_USER_ID] = KH_STR_INIT("userId"),
        [MEMBER_USER_LIMIT_ID] = KH_STR_INIT("userLimitId"),
        [MEMBER_VALUE] = KH_STR_INIT("value"),
    };
    static const uint64_t required[KH_SEEN_WORDS(MEMBERS)] = {
        [0] = KH_SEEN(MEMBER_ACTIVE_FROM)
              | KH_SEEN(MEMBER_BRAND_ID)
              | KH_SEEN(MEMBER_CURRENCY_CODE)
              | KH_SEEN(MEMBER_PERIOD)
              | KH_SEEN(MEMBER_PROGRESS)
              | KH_SEEN(MEMBER_STATUS)
              | KH_SEEN(MEMBER_TYPE)
              | KH_SEEN(MEMBER_USER_ID)
              | KH_SEEN(MEMBER_USER_LIMIT_ID)
              | KH_SEEN(MEMBER_VALUE),
    };
    uint64_t seen[KH_SEEN_WORDS(MEMBERS)] = { 0 };
    struct kh_json_object object;

    kh_clear(out, sizeof *out);
    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_more(in, &object)) {
        if (kh_json_take_member(in, &object, seen, MEMBER_ACTIVE_FROM, KH_STR("\"activeFrom\":"))) {
            KH_TRY(timestamp_read(in, &out->active_from));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_ACTIVE_UNTIL,
                                KH_STR("\"activeUntil\":"))) {
            KH_TRY(timestamp_read(in, &out->active_until));
            out->has_active_until = true;
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_BRAND_ID, KH_STR("\"brandId\":"))) {
            KH_TRY(identifier_read(in, &out->brand_id));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_CREATED_AT, KH_STR("\"createdAt\":"))) {
            KH_TRY(timestamp_read(in, &out->created_at));
            out->has_created_at = true;
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_CURRENCY_CODE,
                                KH_STR("\"currencyCode\":"))) {
            KH_TRY(currency_code_read(in, &out->currency_code));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_NEXT_RESET_TIME,
                                KH_STR("\"nextResetTime\":"))) {
            KH_TRY(timestamp_read(in, &out->next_reset_time));
            out->has_next_reset_time = true;
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_PERIOD, KH_STR("\"period\":"))) {
            KH_TRY(limit_period_read(in, &out->period));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_PREVIOUS_LIMIT_VALUE,
                                KH_STR("\"previousLimitValue\":"))) {
            KH_TRY(money_read(in, &out->previous_limit_value));
            out->has_previous_limit_value = true;
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_PROGRESS, KH_STR("\"progress\":"))) {
            KH_TRY(money_read(in, &out->progress));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_STATUS, KH_STR("\"status\":"))) {
            KH_TRY(limit_status_read(in, &out->status));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_TYPE, KH_STR("\"type\":"))) {
            KH_TRY(limit_type_read(in, &out->type));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_USER_ID, KH_STR("\"userId\":"))) {
            KH_TRY(identifier_read(in, &out->user_id));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_USER_LIMIT_ID,
                                KH_STR("\"userLimitId\":"))) {
            KH_TRY(identifier_read(in, &out->user_limit_id));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_VALUE, KH_STR("\"value\":"))) {
            KH_TRY(money_read(in, &out->value));
        }
        KH_TRY(kh_json_other_member(in, &object));
    }
    return kh_json_object_end(in, &object, seen, required, names, MEMBERS);
}

enum kh_status user_limit_write(struct kh_json_writer *out, const struct user_limit *value)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh_json_write_name(out, KH_STR("activeFrom")));
    KH_TRY(timestamp_write(out, &value->active_from));
    if (value->has_active_until) {
        KH_TRY(kh_json_write_name(out, KH_STR("activeUntil")));
        KH_TRY(timestamp_write(out, &value->active_until));
    }
    KH_TRY(kh_json_write_name(out, KH_STR("brandId")));
    KH_TRY(identifier_write(out, &value->brand_id));
    if (value->has_created_at) {
        KH_TRY(kh_json_write_name(out, KH_STR("createdAt")));
        KH_TRY(timestamp_write(out, &value->created_at));
    }
    KH_TRY(kh_json_write_name(out, KH_STR("currencyCode")));
    KH_TRY(currency_code_write(out, &value->currency_code));
    if (value->has_next_reset_time) {
        KH_TRY(kh_json_write_name(out, KH_STR("nextResetTime")));
        KH_TRY(timestamp_write(out, &value->next_reset_time));
    }
    KH_TRY(kh_json_write_name(out, KH_STR("period")));
    KH_TRY(limit_period_write(out, &value->period));
    if (value->has_previous_limit_value) {
        KH_TRY(kh_json_write_name(out, KH_STR("previousLimitValue")));
        KH_TRY(money_write(out, &value->previous_limit_value));
    }
    KH_TRY(kh_json_write_name(out, KH_STR("progress")));
    KH_TRY(money_write(out, &value->progress));
    KH_TRY(kh_json_write_name(out, KH_STR("status")));
    KH_TRY(limit_status_write(out, &value->status));
    KH_TRY(kh_json_write_name(out, KH_STR("type")));
    KH_TRY(limit_type_write(out, &value->type));
    KH_TRY(kh_json_write_name(out, KH_STR("userId")));
    KH_TRY(identifier_write(out, &value->user_id));
    KH_TRY(kh_json_write_name(out, KH_STR("userLimitId")));
    KH_TRY(identifier_write(out, &value->user_limit_id));
    KH_TRY(kh_json_write_name(out, KH_STR("value")));
    KH_TRY(money_write(out, &value->value));
    return kh_json_write_object_end(out);
}

/* ---- What stores are told of it ---------------------------------------------------- */

static enum kh_status read_entity(struct kh_json *in, void *out)
{
    return user_limit_read(in, out);
}

static enum kh_status write_entity(struct kh_json_writer *out, const void *value)
{
    return user_limit_write(out, value);
}

static const struct kh_codec codec = {
    .read = read_entity,
    .write = write_entity,
    .size = sizeof(struct user_limit),
};

enum {
    FIELD_ACTIVE_FROM,
    FIELD_ACTIVE_UNTIL,
    FIELD_BRAND_ID,
    FIELD_CREATED_AT,
    FIELD_CURRENCY_CODE,
    FIELD_NEXT_RESET_TIME,
    FIELD_PERIOD,
    FIELD_PREVIOUS_LIMIT_VALUE,
    FIELD_PROGRESS,
    FIELD_STATUS,
    FIELD_TYPE,
    FIELD_USER_ID,
    FIELD_USER_LIMIT_ID,
    FIELD_VALUE,
    FIELDS
};

static const struct kh_field fields[FIELDS] = {
    [FIELD_ACTIVE_FROM] = {
        .name = KH_STR_INIT("activeFrom"),
        .kind = KH_FIELD_INT64,
        .offset = offsetof(struct user_limit, active_from),
    },
    [FIELD_ACTIVE_UNTIL] = {
        .name = KH_STR_INIT("activeUntil"),
        .kind = KH_FIELD_INT64,
        .offset = offsetof(struct user_limit, active_until),
        .presence = KH_FIELD_OPTIONAL,
        .presence_offset = offsetof(struct user_limit, has_active_until),
    },
    [FIELD_BRAND_ID] = {
        .name = KH_STR_INIT("brandId"),
        .kind = KH_FIELD_STR,
        .offset = offsetof(struct user_limit, brand_id),
    },
    [FIELD_CREATED_AT] = {
        .name = KH_STR_INIT("createdAt"),
        .kind = KH_FIELD_INT64,
        .offset = offsetof(struct user_limit, created_at),
        .presence = KH_FIELD_OPTIONAL,
        .presence_offset = offsetof(struct user_limit, has_created_at),
    },
    [FIELD_CURRENCY_CODE] = {
        .name = KH_STR_INIT("currencyCode"),
        .kind = KH_FIELD_STR,
        .offset = offsetof(struct user_limit, currency_code),
    },
    [FIELD_NEXT_RESET_TIME] = {
        .name = KH_STR_INIT("nextResetTime"),
        .kind = KH_FIELD_INT64,
        .offset = offsetof(struct user_limit, next_reset_time),
        .presence = KH_FIELD_OPTIONAL,
        .presence_offset = offsetof(struct user_limit, has_next_reset_time),
    },
    [FIELD_PERIOD] = {
        .name = KH_STR_INIT("period"),
        .kind = KH_FIELD_ENUM,
        .offset = offsetof(struct user_limit, period),
        .names = &limit_period_enum,
    },
    [FIELD_PREVIOUS_LIMIT_VALUE] = {
        .name = KH_STR_INIT("previousLimitValue"),
        .kind = KH_FIELD_DECIMAL,
        .offset = offsetof(struct user_limit, previous_limit_value),
        .presence = KH_FIELD_OPTIONAL,
        .presence_offset = offsetof(struct user_limit, has_previous_limit_value),
    },
    [FIELD_PROGRESS] = {
        .name = KH_STR_INIT("progress"),
        .kind = KH_FIELD_DECIMAL,
        .offset = offsetof(struct user_limit, progress),
    },
    [FIELD_STATUS] = {
        .name = KH_STR_INIT("status"),
        .kind = KH_FIELD_ENUM,
        .offset = offsetof(struct user_limit, status),
        .names = &limit_status_enum,
    },
    [FIELD_TYPE] = {
        .name = KH_STR_INIT("type"),
        .kind = KH_FIELD_ENUM,
        .offset = offsetof(struct user_limit, type),
        .names = &limit_type_enum,
    },
    [FIELD_USER_ID] = {
        .name = KH_STR_INIT("userId"),
        .kind = KH_FIELD_STR,
        .offset = offsetof(struct user_limit, user_id),
    },
    [FIELD_USER_LIMIT_ID] = {
        .name = KH_STR_INIT("userLimitId"),
        .kind = KH_FIELD_STR,
        .offset = offsetof(struct user_limit, user_limit_id),
    },
    [FIELD_VALUE] = {
        .name = KH_STR_INIT("value"),
        .kind = KH_FIELD_DECIMAL,
        .offset = offsetof(struct user_limit, value),
    },
};

static const size_t key_fields[] = { FIELD_USER_LIMIT_ID };

static const size_t strings[] = { FIELD_BRAND_ID, FIELD_CURRENCY_CODE, FIELD_USER_ID,
                                  FIELD_USER_LIMIT_ID };

static const size_t index_by_user[] = { FIELD_USER_ID };

static const struct kh_index indexes[] = {
    {
        .name = KH_STR_INIT("by_user"),
        .fields = index_by_user,
        .field_count = 1,
        .equal_count = 1,
    },
};

/* What is read of a row. */
#define COLUMNS \
    "\"active_from\", \"active_until\", \"brand_id\", \"created_at\", \"currency_code\", " \
    "\"next_reset_time\", \"period\", \"previous_limit_value\", \"progress\", \"status\", " \
    "\"type\", \"user_id\", \"user_limit_id\", \"value\", \"kh__version\""

static const bool ordered[FIELDS] = { false };

static const struct kh_query_sql index_sql[] = {
    {
        .first =
            "SELECT " COLUMNS
            " FROM \"UserLimit\" WHERE \"user_id\" = ?1 ORDER BY \"user_limit_id\" LIMIT ?2",
        .after =
            "SELECT " COLUMNS
            " FROM \"UserLimit\" WHERE \"user_id\" = ?1 AND (\"user_limit_id\") > (?2) ORDER BY "
            "\"user_limit_id\" LIMIT ?3",
    },
};

static const struct kh_entity_sql sql = {
    .ordered = ordered,
    .get =
        "SELECT " COLUMNS
        " FROM \"UserLimit\" WHERE \"user_limit_id\" = ?1",
    .version =
        "SELECT \"kh__version\" FROM \"UserLimit\" WHERE \"user_limit_id\" = ?1",
    .insert =
        "INSERT INTO \"UserLimit\" (\"active_from\", \"active_until\", \"brand_id\", "
        "\"created_at\", \"currency_code\", \"next_reset_time\", \"period\", "
        "\"previous_limit_value\", \"progress\", \"status\", \"type\", \"user_id\", "
        "\"user_limit_id\", \"value\", \"kh__version\") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
        "?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) ON CONFLICT (\"user_limit_id\") DO NOTHING",
    .update =
        "UPDATE \"UserLimit\" SET (\"active_from\", \"active_until\", \"brand_id\", "
        "\"created_at\", \"currency_code\", \"next_reset_time\", \"period\", "
        "\"previous_limit_value\", \"progress\", \"status\", \"type\", \"user_id\", "
        "\"value\", \"kh__version\") = (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
        "?14, ?15) WHERE \"user_limit_id\" = ?13 AND \"kh__version\" = ?16",
    .remove =
        "DELETE FROM \"UserLimit\" WHERE \"user_limit_id\" = ?1 AND \"kh__version\" = ?2",
    .all.first =
        "SELECT " COLUMNS
        " FROM \"UserLimit\" ORDER BY \"user_limit_id\" LIMIT ?1",
    .all.after =
        "SELECT " COLUMNS
        " FROM \"UserLimit\" WHERE (\"user_limit_id\") > (?1) ORDER BY \"user_limit_id\" "
        "LIMIT ?2",
    .indexes = index_sql,
};

static const size_t dynamodb_hash[] = { FIELD_USER_LIMIT_ID };
static const size_t dynamodb_by_user_hash[] = { FIELD_USER_ID };
static const size_t dynamodb_by_user_range[] = { FIELD_USER_LIMIT_ID };

static const struct kh_dynamodb_index dynamodb_indexes[] = {
    {
        .hash = { KH_STR_INIT("userId"), KH_STR_INIT("S"), dynamodb_by_user_hash, 1, true },
        .range = { KH_STR_INIT("userLimitId"), KH_STR_INIT("S"), dynamodb_by_user_range, 1, true },
    },
};

static const struct kh_entity_dynamodb dynamodb = {
    .hash = { KH_STR_INIT("userLimitId"), KH_STR_INIT("S"), dynamodb_hash, 1, true },
    .indexes = dynamodb_indexes,
};

const struct kh_entity user_limit_entity = {
    .name = KH_STR_INIT("user_limit"),
    .table = KH_STR_INIT("UserLimit"),
    .fields = fields,
    .field_count = FIELDS,
    .key = key_fields,
    .key_count = 1,
    .strings = strings,
    .string_count = 4,
    .indexes = indexes,
    .index_count = 1,
    .codec = &codec,
    .sql = &sql,
    .dynamodb = &dynamodb,
};

/* ---- The repository ----------------------------------------------------------------- */

enum kh_status user_limit_get(struct kh_context *ctx, struct kh_str user_limit_id,
                              struct user_limit *out)
{
    const struct user_limit key = {
        .user_limit_id = user_limit_id,
    };

    return kh_unit_get(ctx, &user_limit_entity, &key, out);
}

enum kh_status user_limit_find(struct kh_context *ctx, struct kh_str user_limit_id,
                               struct user_limit *out, bool *found)
{
    const struct user_limit key = {
        .user_limit_id = user_limit_id,
    };

    return kh_unit_find(ctx, &user_limit_entity, &key, out, found);
}

enum kh_status user_limit_create(struct kh_context *ctx, const struct user_limit *value)
{
    return kh_unit_create(ctx, &user_limit_entity, value);
}

enum kh_status user_limit_put(struct kh_context *ctx, const struct user_limit *value)
{
    return kh_unit_put(ctx, &user_limit_entity, value);
}

enum kh_status user_limit_remove(struct kh_context *ctx, struct kh_str user_limit_id)
{
    const struct user_limit key = {
        .user_limit_id = user_limit_id,
    };

    return kh_unit_remove(ctx, &user_limit_entity, &key);
}

enum kh_status user_limit_query_by_user(struct kh_context *ctx, struct kh_str user_id,
                                        struct kh_str cursor, size_t limit,
                                        struct user_limit_page *page)
{
    const struct user_limit key = {
        .user_id = user_id,
    };
    struct kh_page rows;

    KH_TRY(kh_unit_query(ctx, &user_limit_entity, &indexes[0], &key, cursor, limit, &rows));
    *page = (struct user_limit_page){ rows.values, rows.count, rows.next };
    return KH_OK;
}
