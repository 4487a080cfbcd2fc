#define PCRE2_CODE_UNIT_WIDTH 8

#include "kh/regex.h"

#include <pcre2.h>
#include <stdatomic.h>
#include <stdint.h>

#include "kh/alloc.h"

/* Steps, nested steps and KiB of one match: a few milliseconds and megabytes at the very worst. */
#define MATCH_LIMIT 100000
#define DEPTH_LIMIT 50000
#define HEAP_LIMIT 8192

#define COMPILE_OPTIONS                                                                            \
    (PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C)

/* All of it is read-only once published, so that threads share it. */
struct program {
    pcre2_general_context *memory;
    pcre2_match_context *limits;
    pcre2_code *code;
};

static void *allocate(size_t size, void *context)
{
    (void)context;
    return kh_malloc(size);
}

static void release(void *memory, void *context)
{
    (void)context;
    kh_free(memory);
}

static void program_destroy(struct program *program)
{
    if (program == NULL) {
        return;
    }
    pcre2_code_free(program->code);
    pcre2_match_context_free(program->limits);
    pcre2_general_context_free(program->memory);
    kh_free(program);
}

static enum kh_status compile_code(struct program *program, const char *pcre)
{
    pcre2_compile_context *context = pcre2_compile_context_create(program->memory);
    int error;
    PCRE2_SIZE offset;

    if (context == NULL) {
        return KH_NO_MEMORY;
    }
    program->code = pcre2_compile((PCRE2_SPTR)pcre, PCRE2_ZERO_TERMINATED, COMPILE_OPTIONS, &error,
                                  &offset, context);
    pcre2_compile_context_free(context);
    if (program->code != NULL) {
        return KH_OK;
    }
    return error == PCRE2_ERROR_HEAP_FAILED ? KH_NO_MEMORY : KH_BAD_PATTERN;
}

static enum kh_status fill_program(struct program *program, const char *pcre)
{
    program->memory = pcre2_general_context_create(allocate, release, NULL);
    if (program->memory == NULL) {
        return KH_NO_MEMORY;
    }
    program->limits = pcre2_match_context_create(program->memory);
    if (program->limits == NULL) {
        return KH_NO_MEMORY;
    }
    (void)pcre2_set_match_limit(program->limits, MATCH_LIMIT);
    (void)pcre2_set_depth_limit(program->limits, DEPTH_LIMIT);
    (void)pcre2_set_heap_limit(program->limits, HEAP_LIMIT);
    return compile_code(program, pcre);
}

/* The program of the regex, compiled now if nobody has done so before. */
static enum kh_status find_program(struct kh_regex *regex, struct program **found)
{
    void *published = atomic_load_explicit(&regex->code, memory_order_acquire);
    struct program *program;
    enum kh_status status;

    if (published != NULL) {
        *found = published;
        return KH_OK;
    }
    program = kh_calloc(1, sizeof(*program));
    if (program == NULL) {
        return KH_NO_MEMORY;
    }
    status = fill_program(program, regex->pcre);
    if (status != KH_OK) {
        program_destroy(program);
        return status;
    }
    if (atomic_compare_exchange_strong(&regex->code, &published, program)) {
        *found = program;
    } else { /* another thread was faster */
        program_destroy(program);
        *found = published;
    }
    return KH_OK;
}

static enum kh_status status_of(int result)
{
    switch (result) {
    case PCRE2_ERROR_MATCHLIMIT:
    case PCRE2_ERROR_DEPTHLIMIT:
    case PCRE2_ERROR_HEAPLIMIT:
        return KH_PATTERN_LIMIT;
    case PCRE2_ERROR_NOMEMORY:
        return KH_NO_MEMORY;
    default:
        return result >= PCRE2_ERROR_UTF8_ERR21 && result <= PCRE2_ERROR_UTF8_ERR1 ? KH_NOT_UTF8
                                                                                   : KH_BAD_PATTERN;
    }
}

enum kh_status kh_regex_match(struct kh_regex *regex, struct kh_str text, bool *matched)
{
    struct program *program;
    pcre2_match_data *data;
    int result;

    *matched = false;
    KH_TRY(find_program(regex, &program));
    data = pcre2_match_data_create(1, program->memory);
    if (data == NULL) {
        return KH_NO_MEMORY;
    }
    result = pcre2_match(program->code, (PCRE2_SPTR)(text.length == 0 ? "" : text.data),
                         text.length, 0, 0, data, program->limits);
    pcre2_match_data_free(data);
    /* 0 is a match with more groups than the one that the data has room for. */
    if (result >= 0 || result == PCRE2_ERROR_NOMATCH) {
        *matched = result >= 0;
        return KH_OK;
    }
    return status_of(result);
}

void kh_regex_clean_up(struct kh_regex *regex)
{
    program_destroy(atomic_exchange(&regex->code, NULL));
}
