/*
 * Opening and writing of records, for tests in other languages.
 *
 *   open_tool open [OPTION=VALUE...]
 *       each line is a Lambda event; answered with what its records are when they are opened, as JSON.
 *       as=json|protobuf, protobuf=1 (the service has it), limit=BYTES
 *   open_tool aggregate
 *       each line is an array of [partition key, explicit hash key or "", data in base64]; answered with the
 *       aggregate in base64
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "kh/aggregate.h"
#include "kh/base64.h"
#include "kh/json.h"
#include "kh/json_writer.h"
#include "kh/open.h"

/* What one line needs. */
struct tool {
    struct kh_arena arena;
    struct kh_error error;
    struct kh_json_writer out;
    struct kh_opener *opener;
    struct kh_aggregate_writer aggregate;
};

/* ---- Opening ----------------------------------------------------------------------------- */

static enum kh_status write_str(struct kh_json_writer *out, const char *name, struct kh_str value)
{
    KH_TRY(kh_json_write_name(out, kh_str_from(name)));
    return kh_json_write_str(out, value);
}

static enum kh_status write_number(struct kh_json_writer *out, const char *name, uint64_t value)
{
    KH_TRY(kh_json_write_name(out, kh_str_from(name)));
    return kh_json_write_uint64(out, value);
}

static enum kh_status write_base64(struct kh_json_writer *out, const char *name,
                                   struct kh_str value)
{
    KH_TRY(kh_json_write_name(out, kh_str_from(name)));
    return kh_json_write_base64(out, value);
}

static enum kh_status write_wrapping(struct kh_json_writer *out, const struct kh_wrapping *wrapping)
{
    KH_TRY(write_base64(out, "delivered", wrapping->delivered));
    KH_TRY(write_str(out, "frames", wrapping->frames));
    KH_TRY(write_str(out, "schemaId", wrapping->schema_id));
    KH_TRY(write_str(out, "explicitHashKey", wrapping->explicit_hash_key));
    KH_TRY(write_str(out, "reason", kh_str_from(wrapping->reason)));
    return wrapping->is_user_record
               ? write_number(out, "subSequenceNumber", wrapping->sub_sequence_number)
               : KH_OK;
}

/* All bytes that readers may look at, so that sanitizers see when they are not there. */
static unsigned touch(struct kh_str data)
{
    unsigned sum = 0;

    for (size_t i = 0; i < data.length + KH_PADDING; i++) {
        sum += (unsigned char)data.data[i];
    }
    return sum;
}

static enum kh_status write_record(struct kh_json_writer *out, const struct kh_record *record)
{
    static volatile unsigned seen;

    seen = seen + touch(record->data);
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(write_str(out, "status", kh_str_from(kh_status_name(record->status))));
    KH_TRY(write_base64(out, "data", record->data));
    KH_TRY(write_str(out, "id", record->id));
    KH_TRY(write_str(out, "sequenceNumber", record->sequence_number));
    KH_TRY(write_str(out, "partitionKey", record->partition_key));
    KH_TRY(write_str(out, "shardId", record->shard_id));
    KH_TRY(write_str(out, "encoding",
                     record->encoding == KH_ENCODING_JSON ? KH_STR("json") : KH_STR("protobuf")));
    KH_TRY(write_number(out, "position", record->position));
    if (record->wrapping != NULL) {
        KH_TRY(write_wrapping(out, record->wrapping));
    }
    return kh_json_write_object_end(out);
}

static enum kh_status open_line(struct tool *tool, struct kh_str line)
{
    struct kh_records records;

    KH_TRY(kh_invocation_read(line, &tool->arena, &tool->error, &records));
    KH_TRY(kh_open(tool->opener, &tool->arena, &tool->error, &records));
    KH_TRY(kh_json_write_array_begin(&tool->out));
    for (size_t i = 0; i < records.count; i++) {
        KH_TRY(write_record(&tool->out, &records.items[i]));
    }
    return kh_json_write_array_end(&tool->out);
}

/* ---- Writing ----------------------------------------------------------------------------- */

static enum kh_status read_user_record(struct kh_json *in, struct kh_user_record *record)
{
    struct kh_json_array parts;
    bool decoded;

    KH_TRY(kh_json_array_begin(in, &parts));
    if (!kh_json_array_next(in, &parts)) {
        return KH_INVALID;
    }
    KH_TRY(kh_json_read_str(in, &record->partition_key));
    if (!kh_json_array_next(in, &parts)) {
        return KH_INVALID;
    }
    KH_TRY(kh_json_read_str(in, &record->explicit_hash_key));
    if (!kh_json_array_next(in, &parts)) {
        return KH_INVALID;
    }
    KH_TRY(kh_json_read_base64(in, &record->data, &decoded));
    return kh_json_array_next(in, &parts) || !decoded ? KH_INVALID : kh_json_array_end(in, &parts);
}

static enum kh_status aggregate_line(struct tool *tool, struct kh_str line)
{
    struct kh_json_array records;
    struct kh_str bytes;
    struct kh_json in;

    kh_aggregate_writer_reset(&tool->aggregate);
    kh_json_init(&in, line, &tool->arena, &tool->error);
    KH_TRY(kh_json_array_begin(&in, &records));
    while (kh_json_array_next(&in, &records)) {
        struct kh_user_record record;
        size_t expected;

        KH_TRY(read_user_record(&in, &record));
        expected = kh_aggregate_size_with(&tool->aggregate, &record);
        KH_TRY(kh_aggregate_add(&tool->aggregate, &record));
        if (kh_aggregate_size(&tool->aggregate) != expected) {
            return kh_fail(&tool->error, KH_INVALID, "the size was not what it would be");
        }
    }
    KH_TRY(kh_json_array_end(&in, &records));
    KH_TRY(kh_aggregate_finish(&tool->aggregate, &bytes));
    if (bytes.length != kh_aggregate_size(&tool->aggregate)) {
        return kh_fail(&tool->error, KH_INVALID, "the size is not what it was said to be");
    }
    return kh_json_write_base64(&tool->out, bytes);
}

/* ---- Lines ------------------------------------------------------------------------------- */

static bool take_option(struct kh_open_options *options, const char *text)
{
    if (strcmp(text, "as=json") == 0) {
        options->as = KH_OPEN_AS_JSON;
    } else if (strcmp(text, "as=protobuf") == 0) {
        options->as = KH_OPEN_AS_PROTOBUF;
    } else if (strcmp(text, "protobuf=1") == 0) {
        options->has_protobuf = true;
    } else if (strncmp(text, "limit=", 6) == 0) {
        options->max_decompressed = strtoul(text + 6, NULL, 10);
    } else {
        return false;
    }
    return true;
}

static void answer(struct tool *tool, struct kh_str line, bool opens)
{
    enum kh_status status;
    struct kh_str text;

    kh_arena_reset(&tool->arena);
    kh_error_clear(&tool->error);
    kh_json_writer_reset(&tool->out);
    status = opens ? open_line(tool, line) : aggregate_line(tool, line);
    if (status != KH_OK) {
        (void)printf("\"%s: %s\"\n", kh_status_name(status), tool->error.reason);
    } else {
        text = kh_json_writer_text(&tool->out);
        (void)printf("%.*s\n", KH_STR_ARG(text));
    }
    (void)fflush(stdout);
}

/* False when memory is short. */
static bool answer_all(struct tool *tool, bool opens)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;

    while ((length = getline(&line, &size, stdin)) > 0) {
        char *padded = calloc(1, (size_t)length + KH_PADDING);

        if (padded == NULL) {
            break;
        }
        memcpy(padded, line, (size_t)length);
        answer(tool, (struct kh_str){ padded, (size_t)length - 1 }, opens);
        free(padded);
    }
    free(line);
    return length < 0;
}

int main(int count, char **arguments)
{
    struct kh_open_options options = { .max_decompressed = (size_t)10 << 20 };
    struct tool tool = { .opener = NULL };
    bool fine = count > 1 && (strcmp(arguments[1], "open") == 0 ||
                              (count == 2 && strcmp(arguments[1], "aggregate") == 0));

    for (int i = 2; fine && i < count; i++) {
        fine = take_option(&options, arguments[i]);
    }
    if (!fine) {
        (void)fprintf(stderr, "open_tool: say open [OPTION...] or aggregate\n");
        return 2;
    }
    kh_arena_init(&tool.arena);
    kh_json_writer_init(&tool.out);
    kh_aggregate_writer_init(&tool.aggregate);
    tool.opener = kh_opener_new(&options);
    fine = tool.opener != NULL && answer_all(&tool, strcmp(arguments[1], "open") == 0);
    kh_opener_destroy(tool.opener);
    kh_aggregate_writer_clean_up(&tool.aggregate);
    kh_json_writer_clean_up(&tool.out);
    kh_arena_clean_up(&tool.arena);
    return fine ? 0 : 1;
}
