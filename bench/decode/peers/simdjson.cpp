/*
 * simdjson On-Demand, as its documentation advises: one parser for the outer document and one for the
 * events, members in any order, string_views into the buffers; base64 by simdutf, its sister.
 */
#include <cstdlib>
#include <string_view>
#include <vector>

#include "simdjson.h"
#include "simdutf.h"

#include "harness.h"

using namespace simdjson;
using std::string_view;

namespace {

struct message {
    kh_str partition_key;
    kh_str sequence_number;
    envelope envelope;
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
    for (size_t i = 0; i < names.count; i++) {
        if (text == string_view(names.names[i].data, names.names[i].length)) {
            out = static_cast<E>(i + 1);
            return true;
        }
    }
    return false;
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
        if (key == "activeFrom") {
            fine = read_int(value, out.active_from);
        } else if (key == "activeUntil") {
            fine = out.has_active_until = read_int(value, out.active_until);
        } else if (key == "brandId") {
            fine = read_str(value, out.brand_id);
        } else if (key == "createdAt") {
            fine = out.has_created_at = read_int(value, out.created_at);
        } else if (key == "currencyCode") {
            fine = read_str(value, out.currency_code);
        } else if (key == "nextResetTime") {
            fine = out.has_next_reset_time = read_int(value, out.next_reset_time);
        } else if (key == "period") {
            fine = read_enum(value, limit_period_enum, out.period);
        } else if (key == "previousLimitValue") {
            fine = out.has_previous_limit_value = read_decimal(value, out.previous_limit_value);
        } else if (key == "progress") {
            fine = out.has_progress = read_decimal(value, out.progress);
        } else if (key == "status") {
            fine = read_enum(value, limit_status_enum, out.status);
        } else if (key == "type") {
            fine = read_enum(value, limit_type_enum, out.type);
        } else if (key == "userId") {
            fine = read_str(value, out.user_id);
        } else if (key == "userLimitId") {
            fine = read_str(value, out.user_limit_id);
        } else if (key == "value") {
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
        if (key == "amount") {
            fine = read_decimal(value, out.amount);
        } else if (key == "brandId") {
            fine = read_str(value, out.brand_id);
        } else if (key == "currencyCode") {
            fine = read_str(value, out.currency_code);
        } else if (key == "nextResetTime") {
            fine = read_int(value, out.next_reset_time);
        } else if (key == "previousProgress") {
            fine = read_decimal(value, out.previous_progress);
        } else if (key == "remainingAmount") {
            fine = out.has_remaining_amount = read_decimal(value, out.remaining_amount);
        } else if (key == "userId") {
            fine = read_str(value, out.user_id);
        } else if (key == "userLimitId") {
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
        if (key == "brandId") {
            fine = read_str(value, out.brand_id);
        } else if (key == "currencyCode") {
            fine = read_str(value, out.currency_code);
        } else if (key == "nextResetTime") {
            fine = read_int(value, out.next_reset_time);
        } else if (key == "period") {
            fine = read_enum(value, limit_period_enum, out.period);
        } else if (key == "resetAmount") {
            fine = read_decimal(value, out.reset_amount);
        } else if (key == "resetPercentage") {
            fine = read_decimal(value, out.reset_percentage);
        } else if (key == "type") {
            fine = read_enum(value, limit_type_enum, out.type);
        } else if (key == "unusedAmount") {
            fine = read_decimal(value, out.unused_amount);
        } else if (key == "userId") {
            fine = read_str(value, out.user_id);
        } else if (key == "userLimitId") {
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

/*
 * The payload comes before the type that says what it is. On-Demand goes back to a value that it has
 * passed when it is asked for by name, so the type is asked for first; all else comes in one pass.
 */
bool read_event(ondemand::object object, message &event)
{
    string_view type;

    if (object["type"].get_string().get(type) != SUCCESS || !object.reset().has_value()) {
        return false;
    }
    event.envelope.type = str(type);
    for (auto field : object) {
        string_view key;
        ondemand::value value;
        bool fine = true;

        if (field.escaped_key().get(key) != SUCCESS || field.value().get(value) != SUCCESS) {
            return false;
        }
        if (key == "aggregateId") {
            fine = read_str(value, event.envelope.aggregate_id);
        } else if (key == "createdAt") {
            fine = read_int(value, event.envelope.created_at);
        } else if (key == "data") {
            ondemand::object payload;

            fine = value.get_object().get(payload) == SUCCESS && read_payload(payload, type, event);
        } else if (key == "eventId") {
            fine = read_str(value, event.envelope.event_id);
        } else if (key == "sequenceNumber") {
            fine = read_int(value, event.envelope.sequence_number);
        } else if (key == "source") {
            fine = read_str(value, event.envelope.source);
        }
        if (!fine) {
            return false;
        }
    }
    return true;
}

bool read_record(ondemand::object record, std::vector<char> &bytes, ondemand::parser &parser,
                 message &event)
{
    ondemand::object kinesis;
    ondemand::document document;
    ondemand::object object;
    string_view key, sequence, data;

    /* AWS writes these in this order. */
    if (record["kinesis"].get_object().get(kinesis) != SUCCESS ||
        kinesis["partitionKey"].get_string().get(key) != SUCCESS ||
        kinesis["sequenceNumber"].get_string().get(sequence) != SUCCESS ||
        kinesis["data"].get_string().get(data) != SUCCESS) {
        return false;
    }
    event.partition_key = str(key);
    event.sequence_number = str(sequence);

    size_t room = simdutf::maximal_binary_length_from_base64(data.data(), data.size());
    if (bytes.size() < room + SIMDJSON_PADDING) {
        bytes.resize(2 * room + SIMDJSON_PADDING);
    }
    simdutf::result result = simdutf::base64_to_binary(data.data(), data.size(), bytes.data());
    if (result.error != simdutf::SUCCESS) {
        return false;
    }
    return parser.iterate(bytes.data(), result.count, bytes.size()).get(document) == SUCCESS &&
           document.get_object().get(object) == SUCCESS && read_event(object, event);
}

bool decode(kh_str text, bench_visit *visit, void *context)
{
    static ondemand::parser outer, inner;
    static std::vector<char> bytes;
    ondemand::document document;
    ondemand::array records;

    if (outer.iterate(text.data, text.length, text.length + SIMDJSON_PADDING).get(document) !=
            SUCCESS ||
        document["Records"].get_array().get(records) != SUCCESS) {
        return false;
    }
    for (auto item : records) {
        ondemand::object record;
        message event{};

        if (item.get_object().get(record) != SUCCESS ||
            !read_record(record, bytes, inner, event)) {
            return false;
        }
        bench_event view = { event.partition_key, event.sequence_number, &event.envelope, event.kind,
                             &event.payload };

        visit(context, &view);
    }
    return true;
}

} // namespace

int main(int argc, char **argv)
{
    static const bench_decoder decoder = { "simdjson", false, decode };

    return bench_main(argc, argv, &decoder);
}
