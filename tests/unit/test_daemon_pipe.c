/* The pipes to a MultiLangDaemon: nothing but our lines goes out, and lines come in whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "edge/daemon_pipe.h"

struct fixture {
    int standard_output; /* the test's own */
    int in[2];
    int out[2];
    struct kh_daemon_pipe pipe;
    struct kh_arena arena;
    struct kh_error error;
};

static struct fixture the_fixture;

static int set_up(void **state)
{
    struct fixture *fixture = &the_fixture;

    (void)fflush(stdout);
    fixture->standard_output = dup(STDOUT_FILENO);
    assert_int_equal(pipe(fixture->in), 0);
    assert_int_equal(pipe(fixture->out), 0);
    assert_true(dup2(fixture->out[1], STDOUT_FILENO) >= 0);
    kh_error_clear(&fixture->error);
    assert_int_equal(kh_daemon_pipe_init(&fixture->pipe, &fixture->error), KH_OK);
    fixture->pipe.in = fixture->in[0];
    kh_arena_init(&fixture->arena);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    kh_daemon_pipe_clean_up(&fixture->pipe);
    kh_arena_clean_up(&fixture->arena);
    (void)fflush(stdout);
    (void)dup2(fixture->standard_output, STDOUT_FILENO);
    close(fixture->standard_output);
    for (int i = 0; i < 2; i++) {
        close(fixture->in[i]);
        close(fixture->out[i]);
    }
    return 0;
}

static void say(const struct fixture *fixture, const char *text)
{
    assert_int_equal(write(fixture->in[1], text, strlen(text)), strlen(text));
}

static void what_is_printed_does_not_get_between_the_lines(void **state)
{
    struct fixture *fixture = *state;
    const char *expected = "\n{\"action\":\"status\",\"responseFor\":\"initialize\"}\n"
                           "\n{\"action\":\"checkpoint\"}\n";
    char text[256] = "";

    (void)printf("something that a handler prints\n");
    (void)fflush(stdout);
    assert_int_equal(kh_daemon_pipe_status(&fixture->pipe, KH_STR("initialize"), &fixture->error),
                     KH_OK);
    assert_int_equal(kh_daemon_pipe_checkpoint(&fixture->pipe, NULL, &fixture->error), KH_OK);
    assert_true(read(fixture->out[0], text, sizeof text - 1) > 0);
    assert_string_equal(text, expected);
}

static void a_record_is_named_by_both_its_numbers(void **state)
{
    struct fixture *fixture = *state;
    const struct kh_record record = { .sequence_number = KH_STR_INIT("4965"),
                                      .id = KH_STR_INIT("4965/12") };
    char text[256] = "";

    assert_int_equal(kh_daemon_pipe_checkpoint(&fixture->pipe, &record, &fixture->error), KH_OK);
    assert_true(read(fixture->out[0], text, sizeof text - 1) > 0);
    assert_string_equal(text, "\n{\"action\":\"checkpoint\",\"sequenceNumber\":\"4965\","
                              "\"subSequenceNumber\":12}\n");
}

static void lines_come_whole_whatever_the_pieces(void **state)
{
    struct fixture *fixture = *state;
    struct kh_multilang_message message;
    bool is_over;

    say(fixture, "\n\r\n{\"action\":\"lease");
    say(fixture, "Lost\"}\n{\"action\":\"shutdown\",\"reason\":\"TERMINATE\"}\n{\"act");
    assert_int_equal(
        kh_daemon_pipe_read(&fixture->pipe, &fixture->arena, &fixture->error, &message, &is_over),
        KH_OK);
    assert_int_equal(message.action, KH_MULTILANG_LEASE_LOST);
    assert_int_equal(
        kh_daemon_pipe_read(&fixture->pipe, &fixture->arena, &fixture->error, &message, &is_over),
        KH_OK);
    assert_int_equal(message.action, KH_MULTILANG_SHARD_ENDED);
    close(fixture->in[1]);
    fixture->in[1] = open("/dev/null", O_WRONLY);
    assert_int_equal(
        kh_daemon_pipe_read(&fixture->pipe, &fixture->arena, &fixture->error, &message, &is_over),
        KH_OK);
    assert_true(is_over);
}

static void sleep_ends_when_nobody_listens_any_more(void **state)
{
    struct fixture *fixture = *state;

    assert_true(kh_daemon_pipe_sleep(&fixture->pipe, 1));
    close(fixture->in[1]);
    fixture->in[1] = open("/dev/null", O_WRONLY);
    assert_false(kh_daemon_pipe_sleep(&fixture->pipe, 100000));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_is_printed_does_not_get_between_the_lines),
        TEST(a_record_is_named_by_both_its_numbers),
        TEST(lines_come_whole_whatever_the_pieces),
        TEST(sleep_ends_when_nobody_listens_any_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
