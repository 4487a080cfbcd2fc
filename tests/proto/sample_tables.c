/* In JSON `note` is required and may be null, `always` is a required array; all else may be absent. */
#include "sample_tables.h"

#define FIELDS(array) .fields = (array), .field_count = sizeof(array) / sizeof(array)[0]
#define ONE(tag_number, field_kind, member)                                                        \
    .number = (tag_number), .kind = (field_kind), .name = KH_STR_INIT(member)
#define MANY(tag_number, field_kind, member)                                                       \
    ONE(tag_number, field_kind, member), .is_repeated = true

static const struct kh_str COLOUR_NAMES[] = { KH_STR_INIT("red"), KH_STR_INIT("green"),
                                              KH_STR_INIT("blue") };
static const struct kh_enum COLOURS = { COLOUR_NAMES, 3 };
static const int32_t COLOUR_NUMBERS[] = { 1, 2, 7 };
const struct kh_proto_enum colour_values = { &COLOURS, COLOUR_NUMBERS };

static const struct kh_str SIZE_NAMES[] = { KH_STR_INIT("small"), KH_STR_INIT("large") };
static const struct kh_enum SIZES = { SIZE_NAMES, 2 };
const struct kh_proto_enum size_values = { &SIZES, NULL };

static const struct kh_proto_field POINT_FIELDS[] = {
    { ONE(1, KH_PROTO_DOUBLE, "x") },
    { ONE(2, KH_PROTO_DOUBLE, "y") },
};
const struct kh_proto_message point_proto = { .name = "kh.sample.Point", FIELDS(POINT_FIELDS) };

static const struct kh_proto_field CIRCLE_FIELDS[] = {
    { .kind = KH_PROTO_CONSTANT,
      .name = KH_STR_INIT("kind"),
      .constant = KH_STR_INIT("circle shape") },
    { ONE(1, KH_PROTO_DOUBLE, "radius") },
    { ONE(2, KH_PROTO_MESSAGE, "centre"), .message = &point_proto },
};
static const struct kh_proto_message CIRCLE = { .name = "kh.sample.Circle", FIELDS(CIRCLE_FIELDS) };

static const struct kh_proto_field POLYGON_FIELDS[] = {
    { MANY(1, KH_PROTO_MESSAGE, "corners"), .message = &point_proto, .absent = KH_PROTO_EMPTY },
    { .kind = KH_PROTO_CONSTANT, .name = KH_STR_INIT("kind"), .constant = KH_STR_INIT("polygon") },
    { ONE(2, KH_PROTO_MESSAGE, "inside"), .message = &shape_proto },
};
static const struct kh_proto_message POLYGON = { .name = "kh.sample.Polygon",
                                                 FIELDS(POLYGON_FIELDS) };

static const struct kh_proto_field SHAPE_FIELDS[] = {
    { ONE(1, KH_PROTO_MESSAGE, "circle shape"), .message = &CIRCLE },
    { ONE(2, KH_PROTO_MESSAGE, "polygon"), .message = &POLYGON },
};
const struct kh_proto_message shape_proto = { .name = "kh.sample.Shape",
                                              FIELDS(SHAPE_FIELDS),
                                              .discriminator = KH_STR_INIT("kind") };

/* The schema's order is not that of the numbers. */
static const struct kh_proto_field EVERYTHING_FIELDS[] = {
    { ONE(11, KH_PROTO_MESSAGE, "shape"), .message = &shape_proto },
    { ONE(1, KH_PROTO_STRING, "text") },
    { ONE(2, KH_PROTO_INSTANT, "moment") },
    { ONE(3, KH_PROTO_INT32, "small") },
    { ONE(4, KH_PROTO_INT64, "large") },
    { ONE(5, KH_PROTO_UINT64, "huge") },
    { ONE(6, KH_PROTO_DOUBLE, "number") },
    { ONE(7, KH_PROTO_BOOL, "flag") },
    { ONE(8, KH_PROTO_ENUM, "colour"), .values = &colour_values },
    { ONE(9, KH_PROTO_ENUM, "size"), .values = &size_values },
    { ONE(10, KH_PROTO_MESSAGE, "point"), .message = &point_proto },
    { ONE(12, KH_PROTO_STRUCT, "object") },
    { ONE(13, KH_PROTO_VALUE, "any") },
    { ONE(14, KH_PROTO_LIST, "list") },
    { ONE(15, KH_PROTO_MESSAGE, "child"), .message = &everything_proto },
    { MANY(536870911, KH_PROTO_MESSAGE, "children"), .message = &everything_proto },
    { MANY(16, KH_PROTO_STRING, "texts") },
    { MANY(17, KH_PROTO_INSTANT, "moments") },
    { MANY(18, KH_PROTO_INT32, "smalls") },
    { MANY(19, KH_PROTO_INT64, "larges") },
    { MANY(20, KH_PROTO_UINT64, "huges") },
    { MANY(21, KH_PROTO_DOUBLE, "numbers") },
    { MANY(22, KH_PROTO_BOOL, "flags") },
    { MANY(23, KH_PROTO_ENUM, "colours"), .values = &colour_values },
    { MANY(24, KH_PROTO_MESSAGE, "points"), .message = &point_proto },
    { MANY(25, KH_PROTO_MESSAGE, "shapes"), .message = &shape_proto },
    { MANY(26, KH_PROTO_STRUCT, "objects") },
    { MANY(27, KH_PROTO_VALUE, "anys") },
    { MANY(28, KH_PROTO_LIST, "lists") },
    { ONE(2047, KH_PROTO_STRING, "note"), .absent = KH_PROTO_NULL },
    { MANY(2048, KH_PROTO_INT32, "always"), .absent = KH_PROTO_EMPTY },
};
const struct kh_proto_message everything_proto = { .name = "kh.sample.Everything",
                                                   FIELDS(EVERYTHING_FIELDS) };

static const struct kh_proto_field ENVELOPE_FIELDS[] = {
    { ONE(1, KH_PROTO_STRING, "id") },
    { ONE(2, KH_PROTO_STRING, "type") },
    { ONE(3, KH_PROTO_PAYLOAD, "payload") },
};
const struct kh_proto_message envelope_proto = { .name = "kh.sample.Envelope",
                                                 FIELDS(ENVELOPE_FIELDS) };
