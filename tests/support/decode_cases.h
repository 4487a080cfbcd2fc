/*
 * Runs a file of generated cases against a generated reader and writer. Each case is a test of its own.
 *
 * A .cases file has, for each case, a line that says what to expect and a line with the text:
 *
 *     valid: minimal
 *     {"userId":"u"}
 *     invalid: user_id_0_characters: minLength at #/userId
 *     {"userId":""}
 *
 * Control characters and % in a pointer are written %0A and so on. "beyond" instead of "invalid":
 * the schema allows it, but it does not fit the C type.
 */
#ifndef DECODE_CASES_H
#define DECODE_CASES_H

#include "kh/entity.h"
#include "message_cases.h"

/* Returns the number of failed cases, for main to return; a file without cases is a failure. */
int decode_cases_run(const char *name, const char *path, const struct kh_codec *codec);

/* The same of a type that is a message as well, which is held against each case. */
int decode_cases_run_message(const char *name, const char *path, const struct kh_codec *codec,
                             const struct decode_message *message);

#endif
