/* A .env file: NAME=value lines, # comments, optional quotes. */
#ifndef KH_MODEL_ENV_FILE_H
#define KH_MODEL_ENV_FILE_H

#include "kh/arena.h"
#include "kh/error.h"
#include "kh/status.h"
#include "kh/str.h"

struct kh__env_file {
    const char *path;
    struct kh_str text; /* in the arena; every line of it has been checked */
};

/*
 * Reads and checks the file; `path` NULL or "", or a file that is not there: an empty one. KH_IO,
 * KH_BAD_SETTING for a line that is none, KH_NO_MEMORY.
 */
enum kh_status kh__env_file_read(const char *path, struct kh_arena *arena, struct kh_error *error,
                                 struct kh__env_file *out) KH_MUST_USE;

/* The value of `name` and its line number; the last of several counts. False if there is none. */
bool kh__env_file_find(const struct kh__env_file *file, const char *name, struct kh_str *value,
                       size_t *line);

#endif
