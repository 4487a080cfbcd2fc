/*
 * A message on its way to JSON text. Objects and arrays that are open are on a stack, one frame each, and
 * `step` does the next thing to the innermost: nothing here calls itself.
 */
#ifndef KH_PROTO_TO_JSON_H
#define KH_PROTO_TO_JSON_H

#include "kh/json_writer.h"
#include "kh/proto.h"
#include "proto/content.h"

enum kh__proto_frame_kind {
    KH__PROTO_FRAME_MESSAGE, /* an object, by its table */
    KH__PROTO_FRAME_STRUCT,  /* a free-form object */
    KH__PROTO_FRAME_LIST     /* a free-form array */
};

struct kh__proto_frame {
    enum kh__proto_frame_kind kind;
    const struct kh_proto_message *message; /* KH__PROTO_FRAME_MESSAGE */
    struct kh__proto_index index;           /* of its content */
    size_t field;                           /* position of the field to write next */
    uint32_t item;                          /* of a repeated field, the value to write next */
    bool in_array;                          /* the field's array is open */
    struct kh_arena_mark mark;              /* before what this frame took from the arena */
};

struct kh__proto_walk {
    struct kh__proto_source source;
    const struct kh_proto_message *payload;
    struct kh_json_writer out;
    size_t limit; /* of the text */
    int levels;   /* objects and arrays that may still be opened */
    int open;     /* frames */
    struct kh__proto_frame frames[KH_PROTO_MAX_DEPTH];
};

/* Nothing is open yet. To be ended by kh__proto_walk_end. */
void kh__proto_walk_init(struct kh__proto_walk *walk, struct kh_str bytes, int levels,
                         struct kh_arena *arena, struct kh_error *error);

/* Steps until nothing is open; then puts the text into the arena. */
enum kh_status kh__proto_walk_run(struct kh__proto_walk *walk) KH_MUST_USE;
enum kh_status kh__proto_walk_text(struct kh__proto_walk *walk, struct kh_str *text) KH_MUST_USE;

/*
 * Gives up what was needed on the way, and after a failure, which is recorded, what the arena got since
 * the mark.
 */
enum kh_status kh__proto_walk_end(struct kh__proto_walk *walk, struct kh_arena_mark mark,
                                  enum kh_status status) KH_MUST_USE;

/* Counts an object or array that is being opened. KH_TOO_DEEP, at a place in the bytes. */
enum kh_status kh__proto_walk_deeper(struct kh__proto_walk *walk,
                                     struct kh__proto_content content) KH_MUST_USE;

/*
 * A frame for what is being opened, whose content is that. `mark` is of the arena before anything that
 * is needed as long as this is open.
 */
enum kh_status kh__proto_walk_push(struct kh__proto_walk *walk, enum kh__proto_frame_kind kind,
                                   const struct kh_proto_message *message,
                                   struct kh__proto_content content,
                                   struct kh_arena_mark mark) KH_MUST_USE;

/* The innermost frame is done. */
void kh__proto_walk_pop(struct kh__proto_walk *walk);

/* KH_TOO_LARGE when the text is. */
enum kh_status kh__proto_walk_check_size(const struct kh__proto_walk *walk) KH_MUST_USE;

/* A string of the message; KH_NOT_UTF8. As a value, and as a member's name. */
enum kh_status kh__proto_write_str(struct kh__proto_walk *walk, struct kh_str text) KH_MUST_USE;
enum kh_status kh__proto_write_name(struct kh__proto_walk *walk, struct kh_str name) KH_MUST_USE;

/* Writes the scalar at `at`, which is one of the field's kind, and returns the place behind it. */
enum kh_status kh__proto_write_scalar(struct kh__proto_walk *walk,
                                      const struct kh_proto_field *field, const unsigned char **at,
                                      const unsigned char *end) KH_MUST_USE;

/*
 * Writes a free-form value, or opens it. The mark is gone back to when it is written, at once or when
 * its frame is popped.
 */
enum kh_status kh__proto_open_free_form(struct kh__proto_walk *walk, enum kh_proto_kind kind,
                                        struct kh__proto_content content,
                                        struct kh_arena_mark mark) KH_MUST_USE;

/* The next thing to do to the innermost frame, which is a free-form one. */
enum kh_status kh__proto_step_struct(struct kh__proto_walk *walk) KH_MUST_USE;
enum kh_status kh__proto_step_list(struct kh__proto_walk *walk) KH_MUST_USE;

/*
 * Of an object's entries that have the same name only the last one stays; the others' places become
 * KH__PROTO_DROPPED. `content` is that of all entries.
 */
#define KH__PROTO_DROPPED UINT32_MAX
enum kh_status kh__proto_drop_duplicates(const struct kh__proto_source *source, uint32_t *tags,
                                         uint32_t count) KH_MUST_USE;

#endif
