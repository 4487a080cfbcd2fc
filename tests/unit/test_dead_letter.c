/* Dead letters in a file: whole lines, whatever happens; and what stands in an entry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "flow/batch.h"
#include "kh/dead_letter.h"

#include "padded_text.h"

struct fixture {
    char directory[64];
    char path[128];
    struct kh_dead_letters *letters;
    struct kh_error error;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    (void)snprintf(fixture->directory, sizeof fixture->directory, "/tmp/kh-letters-XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
    (void)snprintf(fixture->path, sizeof fixture->path, "%s/letters.ndjson", fixture->directory);
    kh_error_clear(&fixture->error);
    assert_int_equal(kh_dead_letters_file_new(fixture->path, &fixture->error, &fixture->letters),
                     KH_OK);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    kh_dead_letters_destroy(fixture->letters);
    unlink(fixture->path);
    rmdir(fixture->directory);
    free(fixture);
    return 0;
}

static enum kh_status write_entry(struct fixture *fixture, const char *entry)
{
    const struct kh_dead_letter letter = { kh_str_from(entry), KH_STR_INIT("") };

    kh_error_clear(&fixture->error);
    return fixture->letters->ops->write(fixture->letters, &letter, 1, INT64_MAX, &fixture->error);
}

static void assert_file(const struct fixture *fixture, const char *expected)
{
    char text[4096];
    FILE *file = fopen(fixture->path, "rb");
    size_t length;

    assert_non_null(file);
    length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    assert_string_equal(text, expected);
    assert_int_equal(fclose(file), 0);
}

static void appends_lines(void **state)
{
    struct fixture *fixture = *state;
    struct stat info;

    assert_int_equal(write_entry(fixture, "{\"a\":1}"), KH_OK);
    assert_int_equal(write_entry(fixture, "{\"b\":2}"), KH_OK);
    kh_dead_letters_destroy(fixture->letters);
    assert_int_equal(kh_dead_letters_file_new(fixture->path, &fixture->error, &fixture->letters),
                     KH_OK);
    assert_int_equal(write_entry(fixture, "{}"), KH_OK);
    assert_file(fixture, "{\"a\":1}\n{\"b\":2}\n{}\n");
    assert_int_equal(stat(fixture->path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void writes_entries_together(void **state)
{
    struct fixture *fixture = *state;
    const struct kh_dead_letter letters[] = { { KH_STR_INIT("{\"a\":1}"), KH_STR_INIT("k") },
                                              { KH_STR_INIT("{\"b\":2}"), KH_STR_INIT("") },
                                              { KH_STR_INIT("{}"), KH_STR_INIT("k") } };

    assert_int_equal(
        fixture->letters->ops->write(fixture->letters, letters, 3, INT64_MAX, &fixture->error),
        KH_OK);
    assert_file(fixture, "{\"a\":1}\n{\"b\":2}\n{}\n");
}

static void begins_a_new_line_after_a_crash(void **state)
{
    struct fixture *fixture = *state;
    FILE *file = fopen(fixture->path, "ab");

    assert_non_null(file);
    assert_int_equal(fputs("{\"cut\":", file) >= 0, 1);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(write_entry(fixture, "{}"), KH_OK);
    assert_file(fixture, "{\"cut\":\n{}\n");
}

/* A full disk takes a part of a line: it is cut off again. */
static void cuts_off_what_was_not_written_whole(void **state)
{
    struct fixture *fixture = *state;
    struct rlimit before;
    struct rlimit limit;

    assert_int_equal(write_entry(fixture, "{\"a\":1}"), KH_OK);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 12;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_int_equal(write_entry(fixture, "{\"too\":\"long\"}"), KH_IO);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, SIG_DFL);
    assert_non_null(strstr(fixture->error.reason, "can't be written"));
    assert_file(fixture, "{\"a\":1}\n");
    assert_int_equal(write_entry(fixture, "{\"b\":2}"), KH_OK);
    assert_file(fixture, "{\"a\":1}\n{\"b\":2}\n");
}

static void refuses_what_is_no_file(void **state)
{
    static const char *const paths[] = { "/dev/null", "/tmp", "/no/such/directory/file", "" };
    struct fixture *fixture = *state;
    struct kh_dead_letters *letters = NULL;

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        kh_error_clear(&fixture->error);
        assert_int_equal(kh_dead_letters_file_new(paths[i], &fixture->error, &letters), KH_IO);
        assert_null(letters);
        assert_int_equal(fixture->error.status, KH_IO);
    }
}

static void *write_many(void *argument)
{
    const struct kh_dead_letter letter = { KH_STR_INIT("{\"some\":\"entry\"}"), KH_STR_INIT("") };
    struct kh_dead_letters *letters = argument;
    struct kh_error error;

    for (size_t i = 0; i < 50; i++) {
        kh_error_clear(&error);
        if (letters->ops->write(letters, &letter, 1, INT64_MAX, &error) != KH_OK) {
            return argument;
        }
    }
    return NULL;
}

static void threads_do_not_mix_lines(void **state)
{
    struct fixture *fixture = *state;
    pthread_t threads[4];
    struct stat info;

    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, fixture->letters), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        void *failed;

        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    assert_int_equal(stat(fixture->path, &info), 0);
    assert_int_equal(info.st_size, 4 * 50 * 17);
}

static bool holds(const struct kh_json_writer *writer, const char *part)
{
    struct kh_str text = kh_json_writer_text(writer);

    return memmem(text.data, text.length, part, strlen(part)) != NULL;
}

/* An entry that is too long for its target by a byte, by more, by all. */
static void says_what_it_leaves_out(struct kh_json_writer *writer, const struct kh__run *run,
                                    size_t max_length, struct kh_arena *arena)
{
    bool is_cut = false;

    assert_int_equal(kh__dead_letter_write(writer, run, "tiny", 0, max_length, arena, &is_cut),
                     KH_OK);
    assert_true(is_cut);
    assert_true(holds(writer, "\"violations\":[{") && holds(writer, ",\"dataOmitted\":9}"));
    assert_false(holds(writer, "\"data\""));

    max_length = kh_json_writer_text(writer).length - 1;
    assert_int_equal(kh__dead_letter_write(writer, run, "tiny", 0, max_length, arena, &is_cut),
                     KH_OK);
    assert_true(is_cut);
    assert_true(holds(writer, "\"status\":\"INVALID\"") &&
                holds(writer, "\"sequenceNumber\":\"123\"") &&
                holds(writer, ",\"dataOmitted\":9}"));
    assert_false(holds(writer, "\"violations\"") || holds(writer, "\"event\""));

    max_length = kh_json_writer_text(writer).length - 1;
    assert_int_equal(kh__dead_letter_write(writer, run, "tiny", 0, max_length, arena, &is_cut),
                     KH_TOO_LARGE);
}

static void an_entry_tells_all_there_is_to_know(void **state)
{
    struct kh_violation second = { NULL, "type", 6, KH_STR_INIT(""), KH_STR_INIT("must be a b") };
    struct kh_violation first = { &second, "required", 0, KH_STR_INIT("x"), KH_STR_INIT("no x") };
    const struct kh_violations violations = { &first, &second, 2 };
    struct kh_error error = { KH_INVALID, "required", 0, "no x" };
    const struct kh_record record = { .data = padded_text_new(KH_STR("{\"d\":[1]}")),
                                      .sequence_number = KH_STR("123"),
                                      .partition_key = KH_STR("p\xFF"),
                                      .arrival_ms = 5,
                                      .position = 3 };
    const struct kh__run run = { .record = &record,
                                 .message = { .event = { .id = KH_STR("i"), .type = KH_STR("t") } },
                                 .status = KH_INVALID,
                                 .error = &error,
                                 .violations = &violations,
                                 .violations_text = record.data,
                                 .pointer_prefix = KH_STR("/data_base64") };
    static const char expected[] =
        "{\"service\":\"tiny\",\"time\":\"2023-11-14T22:13:20.123Z\","
        "\"reason\":{\"status\":\"INVALID\",\"text\":\"violates the schema\","
        "\"detail\":\"no x\",\"pointer\":\"/data_base64\"},"
        "\"violationCount\":2,\"violations\":["
        "{\"pointer\":\"/data_base64\",\"keyword\":\"required\",\"reason\":\"no x\"},"
        "{\"pointer\":\"/data_base64/d/0\",\"keyword\":\"type\",\"reason\":\"must be a b\"}],"
        "\"event\":{\"id\":\"i\",\"type\":\"t\"},"
        "\"record\":{\"sequenceNumber\":\"123\",\"partitionKey\":\"p\xEF\xBF\xBD\","
        "\"arrivalMs\":5,\"position\":3},"
        "\"data\":\"eyJkIjpbMV19\"}";
    struct kh_json_writer writer;
    struct kh_arena arena;
    bool is_cut;

    (void)state;
    kh_arena_init(&arena);
    kh_json_writer_init(&writer);
    assert_int_equal(kh__dead_letter_write(&writer, &run, "tiny", INT64_C(1700000000123),
                                           sizeof expected - 1, &arena, &is_cut),
                     KH_OK);
    assert_false(is_cut);
    assert_int_equal(kh_json_writer_text(&writer).length, sizeof expected - 1);
    assert_memory_equal(kh_json_writer_text(&writer).data, expected, sizeof expected - 1);
    says_what_it_leaves_out(&writer, &run, sizeof expected - 2, &arena);
    kh_json_writer_clean_up(&writer);
    kh_arena_clean_up(&arena);
    padded_text_free(record.data);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(appends_lines),
        TEST(writes_entries_together),
        TEST(begins_a_new_line_after_a_crash),
        TEST(cuts_off_what_was_not_written_whole),
        TEST(refuses_what_is_no_file),
        TEST(threads_do_not_mix_lines),
        cmocka_unit_test(an_entry_tells_all_there_is_to_know),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
