/*
 * Reading JSON text (RFC 8259) straight into typed values: no tree, no copies.
 *
 * A cursor goes through the text once. Every reader, hand-written or generated, has the shape
 *
 *     enum kh_status T_read(struct kh_json *in, T *out);
 *
 * and leaves the cursor behind the value it read, so readers compose. Strings are slices of the
 * text; only those with escapes are copied, into the arena.
 *
 * Two ways of use, one code. On the fast path `violations` is NULL: the first failure ends the
 * reading, `error` tells it. With `violations` set, a value that violates the schema is put on the
 * list, and reading goes on as if it had been right, so that one pass lists every violation; only
 * text that is not JSON ends it. `out` must not be used after that unless the list stayed empty.
 *
 * Strict: UTF-8 is checked, lone surrogates, duplicate members (also spelled with escapes, also in
 * members that are skipped), nesting beyond KH_JSON_MAX_DEPTH, NaN and friends are refused.
 */
#ifndef KH_JSON_H
#define KH_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/arena.h"
#include "kh/decimal.h"
#include "kh/error.h"
#include "kh/hash.h"
#include "kh/instant.h"
#include "kh/status.h"
#include "kh/str.h"

/* Arrays and objects inside each other. */
#define KH_JSON_MAX_DEPTH 64

/* One violated rule of the schema. */
struct kh_violation {
    struct kh_violation *next;
    const char *keyword;  /* "required", "maxLength", ...; static */
    size_t offset;        /* of the value in the text */
    struct kh_str member; /* the member that is missing (keyword "required"), else empty */
    struct kh_str reason; /* one sentence for people, without the value itself */
};

/* More than KH_MAX_VIOLATIONS are counted but not kept. */
#define KH_MAX_VIOLATIONS 100

struct kh_violations {
    struct kh_violation *first;
    struct kh_violation *last;
    size_t count;
};

struct kh_json_payload_reader;

struct kh_json {
    const char *at;                   /* next byte to read */
    const char *end;                  /* behind the last byte */
    const char *begin;                /* offsets count from here */
    const char *value;                /* where the value read last begins: what checks point at */
    struct kh_arena *arena;           /* for unescaped strings, arrays, boxed members */
    struct kh_error *error;           /* the first failure */
    struct kh_violations *violations; /* NULL on the fast path */
    struct kh_json_payload_reader *payload_reader; /* see kh_json_read_payload; or NULL */
    const char *detour_end;                        /* see text/json_detour.c; NULL mostly */
    const char *detour_back;                       /* where the text goes on */
    int depth;                                     /* objects and arrays open now */
    bool wrong_type; /* collecting: the value read last was of the wrong type, so that checks
                                of it have nothing to look at */
};

/* Reads the payload of an envelope into its struct while the envelope is being read. */
struct kh_json_payload_reader {
    /*
     * Reads the value at the cursor as that of the event type that is named, or, as long as the type
     * is not known (""), of a type it guesses. False if it can't or will not; the cursor, error and
     * arena are then set back by the caller.
     */
    bool (*read)(struct kh_json_payload_reader *reader, struct kh_json *in, struct kh_str type);
};

/* Text as it stands in a document, already checked to be one valid JSON value. */
struct kh_raw {
    struct kh_str text;
};

/* absent / null / value, for members that may be null. */
enum kh_presence { KH_ABSENT, KH_NULL, KH_PRESENT };

/* Sets the cursor to the beginning of `text`; violations are off. All pointers are borrowed. */
void kh_json_init(struct kh_json *in, struct kh_str text, struct kh_arena *arena,
                  struct kh_error *error);

/* KH_OK if nothing but blanks is left. */
enum kh_status kh_json_end(struct kh_json *in) KH_MUST_USE;

/*
 * The failure of a rule at `value` (a place in the text). Fast path: records the error and returns
 * KH_INVALID. Collecting: adds a violation and returns KH_OK (KH_NO_MEMORY when it can't).
 * Format as printf; the reason must not repeat payload values.
 */
enum kh_status kh_json_violation(struct kh_json *in, const char *value, const char *keyword,
                                 const char *format, ...)
    __attribute__((format(printf, 4, 5))) KH_MUST_USE;

/*
 * The JSON pointer (RFC 6901) of the value that begins at byte `offset` of `text` (the deepest value
 * that contains it if none begins there), "" for the root; copied to the arena. `text` need only be
 * valid JSON up to the offset, and is padded like any text that is read. KH_NO_MEMORY.
 */
enum kh_status kh_json_pointer_at(struct kh_str text, size_t offset, struct kh_arena *arena,
                                  struct kh_str *pointer) KH_MUST_USE;

/* ---- Objects -------------------------------------------------------------------------------
 *
 *     static const struct kh_str names[] = { KH_STR_INIT("amount") };
 *     static const uint64_t required[] = { KH_SEEN(MEMBER_AMOUNT) };
 *     uint64_t seen[1] = { 0 };
 *     struct kh_json_object object;
 *
 *     KH_TRY(kh_json_object_begin(in, &object));
 *     while (kh_json_object_next(in, &object)) {
 *         if (kh_json_member_is(&object, KH_STR("amount"))) {
 *             KH_TRY(kh_json_once(in, &object, seen, MEMBER_AMOUNT));
 *             KH_TRY(kh_json_read_decimal(in, &out->amount));
 *         } else {
 *             KH_TRY(kh_json_skip_member(in, &object));
 *         }
 *     }
 *     return kh_json_object_end(in, &object, seen, required, names, MEMBER_COUNT);
 */

struct kh_name_set;

struct kh_json_object {
    const char *begin;           /* the brace */
    struct kh_str name;          /* of the member that `in` stands before, without escapes */
    const char *name_begin;      /* where the name stands in the text */
    const char *pass;            /* the cursor when kh_json_object_more was called last */
    const char *respelled;       /* the name in another spelling that was offered last; or NULL */
    struct kh_name_set *unknown; /* names of unknown members so far */
    enum kh_status status;       /* of kh_json_object_next; kh_json_object_end returns it */
    char separator;              /* generated readers: the byte before the next name */
    bool first;
    bool wrong_type; /* collecting: it was not an object, so it has no members */
};

/*
 * Masks of members, by their numbers: those seen so far, those that are required. Words for `count`
 * members, and the bit of one of them in word member / 64.
 */
#define KH_SEEN_WORDS(count) (((count) + 63) / 64)
#define KH_SEEN(member) (UINT64_C(1) << (member) % 64)

static inline bool kh_json_seen(const uint64_t *seen, unsigned member)
{
    return (seen[member / 64] & KH_SEEN(member)) != 0;
}

/* Enters an object. Wrong type: keyword "type". */
KH_MUST_USE static inline enum kh_status kh_json_object_begin(struct kh_json *in,
                                                              struct kh_json_object *object);

/* Goes to the next member's value; false at the end of the object or on failure. */
bool kh_json_object_next(struct kh_json *in, struct kh_json_object *object);

static inline bool kh_json_member_is(const struct kh_json_object *object, struct kh_str name)
{
    return object->name.length == name.length &&
           memcmp(object->name.data, name.data, name.length) == 0;
}

/* Marks a known member as seen; KH_NOT_JSON if it was seen before. */
KH_MUST_USE static inline enum kh_status kh_json_once(struct kh_json *in,
                                                      struct kh_json_object *object, uint64_t *seen,
                                                      unsigned member);

/* The same for an unknown member whose value is going to be read, not skipped. */
enum kh_status kh_json_once_unknown(struct kh_json *in, struct kh_json_object *object) KH_MUST_USE;

/* Skips the value of an unknown member, as strictly as if it were read; it too must be new. */
enum kh_status kh_json_skip_member(struct kh_json *in, struct kh_json_object *object) KH_MUST_USE;

/* For additionalProperties false: a violation at the member's value. */
enum kh_status kh_json_refuse_member(struct kh_json *in, struct kh_json_object *object) KH_MUST_USE;

/*
 * After the loop: how it ended, and whether every required member was there. `names` are those of the
 * `count` members, by their numbers.
 */
KH_MUST_USE static inline enum kh_status kh_json_object_end(
    struct kh_json *in, struct kh_json_object *object, const uint64_t *seen,
    const uint64_t *required, const struct kh_str *names, size_t count);

/*
 * The same, guessing. Producers write members in the same order every time, so a generated reader
 * tries the schema's members in the schema's order, each where the one before it ended:
 *
 *     KH_TRY(kh_json_object_begin(in, &object));
 *     while (kh_json_object_more(in, &object)) {
 *         if (kh_json_take_member(in, &object, seen, MEMBER_AMOUNT, KH_STR("\"amount\":"))) {
 *             KH_TRY(kh_json_read_decimal(in, &out->amount));
 *         }
 *         if (kh_json_take_member(in, &object, seen, MEMBER_PERIOD, KH_STR("\"period\":"))) {
 *             …
 *         }
 *         KH_TRY(kh_json_other_member(in, &object));
 *     }
 *     return kh_json_object_end(in, &object, seen, required, names, MEMBER_COUNT);
 *
 * One pass takes all members when they come in that order, whichever are absent. A member that comes
 * too early waits for the next pass.
 */

/* Is there another member? Begins a pass. */
static inline bool kh_json_object_more(const struct kh_json *in, struct kh_json_object *object);

/*
 * If this member is the next one, marks it as seen and goes to its value. `spelling` is `"name":` in
 * the shortest JSON. False too if it was seen before: kh_json_other_member says so then.
 */
static inline bool kh_json_take_member(struct kh_json *in, struct kh_json_object *object,
                                       uint64_t *seen, unsigned member, struct kh_str spelling);

/*
 * At the end of a pass, when the next member is none that could be taken: goes past blanks before its
 * name. If that is not what was in the way it is skipped as unknown (or refused), or, if its name is
 * spelled with escapes or blanks, offered once more in the shortest spelling.
 */
KH_MUST_USE static inline enum kh_status kh_json_other_member(struct kh_json *in,
                                                              struct kh_json_object *object);
KH_MUST_USE static inline enum kh_status kh_json_refuse_other_member(struct kh_json *in,
                                                                     struct kh_json_object *object);

/*
 * Looks ahead in the object that begins at the cursor for member `name` holding a string, without
 * moving the cursor; `found` tells. For unions whose discriminator comes late. Not an object, no such
 * member, or not a string: found is false. KH_NOT_JSON etc. if the text is broken on the way.
 */
enum kh_status kh_json_peek_member(struct kh_json *in, struct kh_str name, struct kh_str *value,
                                   bool *found) KH_MUST_USE;

/* ---- Arrays --------------------------------------------------------------------------------
 *
 *     struct kh_json_array array;
 *     struct item *items = NULL;
 *
 *     KH_TRY(kh_json_array_begin(in, &array));
 *     while (kh_json_array_next(in, &array)) {
 *         items = kh_json_array_slot(in, &array, items, sizeof *items);
 *         if (items == NULL) {
 *             return KH_NO_MEMORY;
 *         }
 *         KH_TRY(item_read(in, &items[array.count - 1]));
 *     }
 *     KH_TRY(kh_json_array_end(in, &array));
 */

struct kh_json_array {
    const char *begin; /* the bracket */
    size_t count;      /* items reached so far, the one at the cursor included */
    size_t capacity;
    enum kh_status status;
    bool wrong_type;
};

/* Enters an array. Wrong type: keyword "type". */
enum kh_status kh_json_array_begin(struct kh_json *in, struct kh_json_array *array) KH_MUST_USE;

/* Goes to the next item; false at the end of the array or on failure. */
bool kh_json_array_next(struct kh_json *in, struct kh_json_array *array);

/*
 * Makes room for item number array->count; returns the items' (perhaps new) place in the arena,
 * the new item zeroed, or NULL when memory is short (recorded as KH_NO_MEMORY).
 */
void *kh_json_array_slot(struct kh_json *in, struct kh_json_array *array, void *items,
                         size_t item_size);

/* After the loop: how it ended. */
enum kh_status kh_json_array_end(struct kh_json *in, struct kh_json_array *array) KH_MUST_USE;

/* ---- Values --------------------------------------------------------------------------------
 *
 * A value of another type violates keyword "type". Integers may be spelled 1.0 or 1e2 as JSON Schema
 * has it; one that does not fit the C type violates "type" as well, and says so.
 */

KH_MUST_USE static inline enum kh_status kh_json_read_str(struct kh_json *in, struct kh_str *out);
enum kh_status kh_json_read_bool(struct kh_json *in, bool *out) KH_MUST_USE;
KH_MUST_USE static inline enum kh_status kh_json_read_int32(struct kh_json *in, int32_t *out);
KH_MUST_USE static inline enum kh_status kh_json_read_int64(struct kh_json *in, int64_t *out);
KH_MUST_USE static inline enum kh_status kh_json_read_uint64(struct kh_json *in, uint64_t *out);
/* Correctly rounded; one that overflows a double violates "type". */
enum kh_status kh_json_read_double(struct kh_json *in, double *out) KH_MUST_USE;
/* Only null itself: keyword "type" otherwise. */
enum kh_status kh_json_read_null(struct kh_json *in) KH_MUST_USE;

/* A string holding a decimal or an RFC 3339 date-time; otherwise keyword "format". */
KH_MUST_USE static inline enum kh_status kh_json_read_decimal(struct kh_json *in,
                                                              struct kh_decimal *out);
enum kh_status kh_json_read_instant(struct kh_json *in, struct kh_instant *out) KH_MUST_USE;

/*
 * A string holding base64, decoded into the arena with KH_PADDING behind it. If it is not base64,
 * *decoded is false and *out is the string itself, in the arena in the same way.
 */
enum kh_status kh_json_read_base64(struct kh_json *in, struct kh_str *out,
                                   bool *decoded) KH_MUST_USE;

/* Any value / any object / any array, checked and kept as text. */
enum kh_status kh_json_read_raw(struct kh_json *in, struct kh_raw *out) KH_MUST_USE;
enum kh_status kh_json_read_raw_object(struct kh_json *in, struct kh_raw *out) KH_MUST_USE;
enum kh_status kh_json_read_raw_array(struct kh_json *in, struct kh_raw *out) KH_MUST_USE;

/*
 * Any value / any object: the payload of an envelope whose event type is `type`, or "" if that member
 * has not come yet. As kh_json_read_raw, but in->payload_reader, if there is one, may read it on the
 * way.
 */
enum kh_status kh_json_read_payload(struct kh_json *in, struct kh_str type,
                                    struct kh_raw *out) KH_MUST_USE;
enum kh_status kh_json_read_payload_object(struct kh_json *in, struct kh_str type,
                                           struct kh_raw *out) KH_MUST_USE;

/* Checks one value and goes past it. */
enum kh_status kh_json_skip(struct kh_json *in) KH_MUST_USE;

/* If the next value is null, goes past it and returns true. */
bool kh_json_take_null(struct kh_json *in);

/* First byte of the next value, blanks skipped: one of { [ " t f n - 0..9 if it is JSON; or 0. */
char kh_json_peek(struct kh_json *in);

#include "kh/json_inline.h"

#endif
