/*
 * simdjson On-Demand and simdutf, its sister for base64. Tried and measured: README.md. The fastest way
 * found is to decode all events into one buffer, a line each, and to read that as a stream of documents,
 * so that simdjson looks for structure in many events at once.
 */
#include <cstring>
#include <string_view>
#include <vector>

#include "simdjson.h"
#include "simdutf.h"

#include "harness.h"

using namespace simdjson;
using std::string_view;

namespace
{

/* simdjson looks for structure in so much of the stream at a time. */
constexpr size_t window = 256 * 1024;

static_assert(SIMDJSON_PADDING <= 64, "the harness puts no more behind the text");

struct record {
    kh_str partition_key;
    kh_str sequence_number;
    size_t begin; /* of its event in the stream */
};

struct message {
    ::envelope envelope;
    bench_kind kind;
    union {
        user_limit_created created;
        user_limit_progress_changed progress_changed;
        user_limit_reset reset;
    } payload;
};

kh_str str(string_view text)
{
    return { text.data(), text.size() };
}

/* With a length that is known when compiling, no call is needed. */
template <size_t N> bool is(string_view key, const char (&name)[N])
{
    return key.size() == N - 1 && memcmp(key.data(), name, N - 1) == 0;
}

bool read_str(ondemand::value &value, kh_str &out)
{
    string_view text;

    if (value.get_string().get(text) != SUCCESS) {
        return false;
    }
    out = str(text);
    return true;
}

bool read_int(ondemand::value &value, int64_t &out)
{
    return value.get_int64().get(out) == SUCCESS;
}

bool read_decimal(ondemand::value &value, kh_decimal &out)
{
    string_view text;

    return value.get_string().get(text) == SUCCESS && kh_decimal_parse(str(text), &out) == KH_OK;
}

template <typename E> bool read_enum(ondemand::value &value, const kh_enum &names, E &out)
{
    string_view text;

    if (value.get_string().get(text) != SUCCESS) {
        return false;
    }
    out = static_cast<E>(bench_find_name(&names, str(text)));
    return out != 0;
}

bool read_created(ondemand::object object, user_limit_created &out)
{
    out = {};
    for (auto field : object) {
        string_view key;
        ondemand::value value;
        bool fine = true;

        if (field.escaped_key().get(key) != SUCCESS || field.value().get(value) != SUCCESS) {
            return false;
        }
        if (is(key, "activeFrom")) {
            fine = read_int(value, out.active_from);
        } else if (is(key, "activeUntil")) {
            fine = out.has_active_until = read_int(value, out.active_until);
        } else if (is(key, "brandId")) {
            fine = read_str(value, out.brand_id);
        } else if (is(key, "createdAt")) {
            fine = out.has_created_at = read_int(value, out.created_at);
        } else if (is(key, "currencyCode")) {
            fine = read_str(value, out.currency_code);
        } else if (is(key, "nextResetTime")) {
            fine = out.has_next_reset_time = read_int(value, out.next_reset_time);
        } else if (is(key, "period")) {
            fine = read_enum(value, limit_period_enum, out.period);
        } else if (is(key, "previousLimitValue")) {
            fine = out.has_previous_limit_value = read_decimal(value, out.previous_limit_value);
        } else if (is(key, "progress")) {
            fine = out.has_progress = read_decimal(value, out.progress);
        } else if (is(key, "status")) {
            fine = read_enum(value, limit_status_enum, out.status);
        } else if (is(key, "type")) {
            fine = read_enum(value, limit_type_enum, out.type);
        } else if (is(key, "userId")) {
            fine = read_str(value, out.user_id);
        } else if (is(key, "userLimitId")) {
            fine = read_str(value, out.user_limit_id);
        } else if (is(key, "value")) {
            fine = read_decimal(value, out.value);
        }
        if (!fine) {
            return false;
        }
    }
    return true;
}

bool read_progress_changed(ondemand::object object, user_limit_progress_changed &out)
{
    out = {};
    for (auto field : object) {
        string_view key;
        ondemand::value value;
        bool fine = true;

        if (field.escaped_key().get(key) != SUCCESS || field.value().get(value) != SUCCESS) {
            return false;
        }
        if (is(key, "amount")) {
            fine = read_decimal(value, out.amount);
        } else if (is(key, "brandId")) {
            fine = read_str(value, out.brand_id);
        } else if (is(key, "currencyCode")) {
            fine = read_str(value, out.currency_code);
        } else if (is(key, "nextResetTime")) {
            fine = read_int(value, out.next_reset_time);
        } else if (is(key, "previousProgress")) {
            fine = read_decimal(value, out.previous_progress);
        } else if (is(key, "remainingAmount")) {
            fine = out.has_remaining_amount = read_decimal(value, out.remaining_amount);
        } else if (is(key, "userId")) {
            fine = read_str(value, out.user_id);
        } else if (is(key, "userLimitId")) {
            fine = read_str(value, out.user_limit_id);
        }
        if (!fine) {
            return false;
        }
    }
    return true;
}

bool read_reset(ondemand::object object, user_limit_reset &out)
{
    out = {};
    for (auto field : object) {
        string_view key;
        ondemand::value value;
        bool fine = true;

        if (field.escaped_key().get(key) != SUCCESS || field.value().get(value) != SUCCESS) {
            return false;
        }
        if (is(key, "brandId")) {
            fine = read_str(value, out.brand_id);
        } else if (is(key, "currencyCode")) {
            fine = read_str(value, out.currency_code);
        } else if (is(key, "nextResetTime")) {
            fine = read_int(value, out.next_reset_time);
        } else if (is(key, "period")) {
            fine = read_enum(value, limit_period_enum, out.period);
        } else if (is(key, "resetAmount")) {
            fine = read_decimal(value, out.reset_amount);
        } else if (is(key, "resetPercentage")) {
            fine = read_decimal(value, out.reset_percentage);
        } else if (is(key, "type")) {
            fine = read_enum(value, limit_type_enum, out.type);
        } else if (is(key, "unusedAmount")) {
            fine = read_decimal(value, out.unused_amount);
        } else if (is(key, "userId")) {
            fine = read_str(value, out.user_id);
        } else if (is(key, "userLimitId")) {
            fine = read_str(value, out.user_limit_id);
        }
        if (!fine) {
            return false;
        }
    }
    return true;
}

bool read_payload(ondemand::object object, string_view type, message &event)
{
    if (type == "USER_LIMIT_PROGRESS_CHANGED") {
        event.kind = BENCH_PROGRESS_CHANGED;
        return read_progress_changed(object, event.payload.progress_changed);
    }
    if (type == "USER_LIMIT_CREATED") {
        event.kind = BENCH_CREATED;
        return read_created(object, event.payload.created);
    }
    event.kind = BENCH_RESET;
    return type == "USER_LIMIT_RESET" && read_reset(object, event.payload.reset);
}

/* The payload where it stands if the type came before it, otherwise it is gone back to. */
bool read_event(ondemand::object object, message &event)
{
    ondemand::object payload;
    string_view type;
    bool has_payload = false;

    for (auto field : object) {
        string_view key;
        ondemand::value value;
        bool fine = true;

        if (field.escaped_key().get(key) != SUCCESS || field.value().get(value) != SUCCESS) {
            return false;
        }
        if (is(key, "aggregateId")) {
            fine = read_str(value, event.envelope.aggregate_id);
        } else if (is(key, "createdAt")) {
            fine = read_int(value, event.envelope.created_at);
        } else if (is(key, "data")) {
            if (!type.empty()) {
                fine = value.get_object().get(payload) == SUCCESS &&
                       read_payload(payload, type, event);
                has_payload = true;
            }
        } else if (is(key, "eventId")) {
            fine = read_str(value, event.envelope.event_id);
        } else if (is(key, "sequenceNumber")) {
            fine = read_int(value, event.envelope.sequence_number);
        } else if (is(key, "source")) {
            fine = read_str(value, event.envelope.source);
        } else if (is(key, "type")) {
            fine = value.get_string().get(type) == SUCCESS;
            event.envelope.type = str(type);
        }
        if (!fine) {
            return false;
        }
    }
    return has_payload || (object.reset().has_value() &&
                           object.find_field("data").get_object().get(payload) == SUCCESS &&
                           read_payload(payload, type, event));
}

bool decode_base64(string_view text, char *&end)
{
    simdutf::result result = simdutf::base64_to_binary(text.data(), text.size(), end);

    if (result.error != simdutf::SUCCESS) {
        return false;
    }
    end += result.count;
    return true;
}

/* From where it stands, if it has no escapes; simdutf refuses the backslash if it does. */
bool read_base64(ondemand::value value, char *&end)
{
    string_view token = value.raw_json_token();
    size_t close = token.rfind('"');
    string_view text;

    if (token[0] == '"' && close > 0 && decode_base64(token.substr(1, close - 1), end)) {
        return true;
    }
    return value.get_string().get(text) == SUCCESS && decode_base64(text, end);
}

/* Decodes the record's event to `end`, which moves on. AWS writes the members in this order. */
bool read_record(ondemand::object object, const std::vector<char> &stream, char *&end, record &out)
{
    ondemand::object kinesis;
    ondemand::value data;
    string_view key, sequence;

    if (object["kinesis"].get_object().get(kinesis) != SUCCESS ||
        kinesis["partitionKey"].get_string().get(key) != SUCCESS ||
        kinesis["sequenceNumber"].get_string().get(sequence) != SUCCESS ||
        kinesis["data"].get(data) != SUCCESS) {
        return false;
    }
    out = { str(key), str(sequence), static_cast<size_t>(end - stream.data()) };
    if (!read_base64(data, end)) {
        return false;
    }
    *end++ = '\n';
    return true;
}

/* One document for each record, where that record's event begins. */
bool read_stream(ondemand::parser &parser, const std::vector<char> &stream, size_t length,
                 const std::vector<record> &records, bench_visit *visit, void *context)
{
    ondemand::document_stream documents;
    size_t count = 0;

    if (parser.iterate_many(stream.data(), length, window).get(documents) != SUCCESS) {
        return false;
    }
    for (auto at = documents.begin(); at != documents.end(); ++at, ++count) {
        auto document = *at;
        ondemand::object object;
        message event{};

        if (count == records.size() || at.current_index() != records[count].begin ||
            document.get_object().get(object) != SUCCESS || !read_event(object, event)) {
            return false;
        }
        bench_event view = { records[count].partition_key, records[count].sequence_number,
                             &event.envelope, event.kind, &event.payload };

        visit(context, &view);
    }
    return count == records.size();
}

bool decode(kh_str text, bench_visit *visit, void *context)
{
    static ondemand::parser outer, inner;
    static std::vector<char> stream;
    static std::vector<record> records;
    ondemand::document document;
    ondemand::array items;

    /* What base64 decodes to is shorter than its text, quotes included. */
    stream.resize(text.length + SIMDJSON_PADDING);
    records.clear();
    char *end = stream.data();

    if (outer.iterate(text.data, text.length, text.length + SIMDJSON_PADDING).get(document) !=
            SUCCESS ||
        document["Records"].get_array().get(items) != SUCCESS) {
        return false;
    }
    for (auto item : items) {
        ondemand::object object;
        record record;

        if (item.get_object().get(object) != SUCCESS || !read_record(object, stream, end, record)) {
            return false;
        }
        records.push_back(record);
    }
    return read_stream(inner, stream, static_cast<size_t>(end - stream.data()), records, visit,
                       context);
}

} // namespace

int main(int argc, char **argv)
{
    static const bench_decoder decoder = { "simdjson", false, false, decode };

    return bench_main(argc, argv, &decoder);
}
