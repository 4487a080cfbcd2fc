/* Settings: where they come from, and that a wrong one is told, not guessed at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kh/settings.h"

struct values {
    struct kh_str name;
    int64_t number;
    bool flag;
    struct kh_decimal ratio;
    int choice;
    struct kh_str secret;
};

static const char *const choices[] = { "inMemory", "sqlite" };

static const struct kh_setting rows[] = {
    { .name = "KHT_NAME",
      .kind = KH_SETTING_STR,
      .offset = offsetof(struct values, name),
      .max_length = 20,
      .description = "A name." },
    { .name = "KHT_NUMBER",
      .kind = KH_SETTING_INT,
      .offset = offsetof(struct values, number),
      .default_text = "7",
      .minimum = -5,
      .maximum = 100,
      .description = "A number." },
    { .name = "KHT_FLAG",
      .kind = KH_SETTING_BOOL,
      .offset = offsetof(struct values, flag),
      .default_text = "true",
      .description = "A flag." },
    { .name = "KHT_RATIO",
      .kind = KH_SETTING_DECIMAL,
      .offset = offsetof(struct values, ratio),
      .default_text = "0.50",
      .description = "A ratio." },
    { .name = "KHT_CHOICE",
      .kind = KH_SETTING_CHOICE,
      .offset = offsetof(struct values, choice),
      .default_text = "inMemory",
      .choices = choices,
      .choice_count = 2,
      .description = "A choice." },
    { .name = "KHT_API_TOKEN",
      .kind = KH_SETTING_STR,
      .offset = offsetof(struct values, secret),
      .max_length = 4,
      .description = "A secret." },
};

static const struct kh_settings_map map = { rows, 6, sizeof(struct values) };

struct fixture {
    struct kh_arena arena;
    struct kh_error error;
    struct values values;
    char path[64];
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    int fd;

    kh_arena_init(&fixture->arena);
    (void)snprintf(fixture->path, sizeof fixture->path, "/tmp/kh-settings-XXXXXX");
    fd = mkstemp(fixture->path);
    assert_true(fd >= 0);
    close(fd);
    for (size_t i = 0; i < map.count; i++) {
        unsetenv(rows[i].name);
    }
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    kh_arena_clean_up(&fixture->arena);
    unlink(fixture->path);
    free(fixture);
    return 0;
}

static enum kh_status load_map(struct fixture *fixture, const struct kh_settings_map *which,
                               const char *file)
{
    kh_error_clear(&fixture->error);
    return kh_settings_load(which, file, &fixture->arena, &fixture->error, &fixture->values);
}

static enum kh_status load_bytes(struct fixture *fixture, const char *bytes, size_t length)
{
    FILE *file = fopen(fixture->path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    return load_map(fixture, &map, fixture->path);
}

static enum kh_status load_file(struct fixture *fixture, const char *text)
{
    return load_bytes(fixture, text, strlen(text));
}

static void assert_str(struct kh_str text, const char *expected)
{
    assert_int_equal(text.length, strlen(expected));
    assert_memory_equal(text.data, expected, text.length);
}

static void falls_back_to_defaults(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(load_map(fixture, &map, ""), KH_OK);
    assert_str(fixture->values.name, "");
    assert_int_equal(fixture->values.number, 7);
    assert_true(fixture->values.flag);
    assert_int_equal(fixture->values.ratio.scale, 2);
    assert_int_equal(fixture->values.choice, 1);
    assert_int_equal(load_map(fixture, &map, "/no/such/file"), KH_OK);
    assert_int_equal(load_map(fixture, &map, NULL), KH_OK);
}

static void environment_goes_before_file(void **state)
{
    struct fixture *fixture = *state;

    setenv("KHT_NUMBER", "-5", 1);
    assert_int_equal(load_file(fixture, "KHT_NUMBER=9\nKHT_FLAG=false\n"), KH_OK);
    assert_int_equal(fixture->values.number, -5);
    assert_false(fixture->values.flag);
}

static void reads_the_lines_of_a_file(void **state)
{
    static const struct {
        const char *line;
        const char *name;
    } lines[] = {
        { "KHT_NAME=plain", "plain" },
        { "KHT_NAME=two words ", "two words" },
        { "  KHT_NAME = spaced\t", "spaced" },
        { "KHT_NAME=a#b", "a#b" },
        { "KHT_NAME=a # comment", "a" },
        { "KHT_NAME=# comment", "" },
        { "KHT_NAME=\" a # b \" # comment", " a # b " },
        { "KHT_NAME='a\"b'", "a\"b" },
        { "KHT_NAME=a=b", "a=b" },
        { "KHT_NAME=", "" },
        { "KHT_NAME=\"\"", "" },
        { "KHT_NAME=dos\r\n", "dos" },
        { "KHT_NAME=first\nKHT_NAME=last", "last" },
        { "# KHT_NAME=x\n\n   \nKHT_OTHER=y\nKHT_NAME=z", "z" },
        { "KHT_NAME=\xC3\xA4", "\xC3\xA4" },
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_int_equal(load_file(fixture, lines[i].line), KH_OK);
        assert_str(fixture->values.name, lines[i].name);
    }
}

static void refuses_lines_that_are_none(void **state)
{
    static const char *const lines[] = {
        "KHT_NAME", "=x", "1A=x", "A B=x", "KHT_NAME=\"open", "KHT_NAME='a'b", "export KHT_NAME=x"
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char text[64];

        (void)snprintf(text, sizeof text, "KHT_FLAG=true\n%s\n", lines[i]);
        assert_int_equal(load_file(fixture, text), KH_BAD_SETTING);
        assert_non_null(strstr(fixture->error.reason, ":2 is not NAME=value"));
    }
    assert_int_equal(load_bytes(fixture, "KHT_NAME=a\0b", 12), KH_BAD_SETTING);
}

static void refuses_files_that_are_none(void **state)
{
    struct fixture *fixture = *state;
    char *large = malloc(70000);

    memset(large, '\n', 70000);
    assert_int_equal(load_bytes(fixture, large, 70000), KH_IO);
    free(large);
    assert_int_equal(load_map(fixture, &map, "/tmp"), KH_IO);
    assert_non_null(strstr(fixture->error.reason, "/tmp can't be read"));
}

static void tells_setting_value_and_what_is_allowed(void **state)
{
    static const struct {
        const char *name;
        const char *value;
        const char *reason;
    } rows_refused[] = {
        { "KHT_NUMBER", "101", "KHT_NUMBER must be an integer from -5 to 100, not \"101\"" },
        { "KHT_NUMBER", "-6", "KHT_NUMBER must be an integer from -5 to 100, not \"-6\"" },
        { "KHT_NUMBER", "", "KHT_NUMBER must be an integer from -5 to 100, not \"\"" },
        { "KHT_NUMBER", "-", "KHT_NUMBER must be an integer from -5 to 100, not \"-\"" },
        { "KHT_NUMBER", "+1", "KHT_NUMBER must be an integer from -5 to 100, not \"+1\"" },
        { "KHT_NUMBER", " 1", "KHT_NUMBER must be an integer from -5 to 100, not \" 1\"" },
        { "KHT_NUMBER", "0x1", "KHT_NUMBER must be an integer from -5 to 100, not \"0x1\"" },
        { "KHT_NUMBER", "99999999999999999999",
          "KHT_NUMBER must be an integer from -5 to 100, not \"99999999999999999999\"" },
        { "KHT_FLAG", "yes", "KHT_FLAG must be true or false, not \"yes\"" },
        { "KHT_FLAG", "", "KHT_FLAG must be true or false, not \"\"" },
        { "KHT_RATIO", ".5",
          "KHT_RATIO must be a decimal number such as 12.50, of at most 38 digits, not \".5\"" },
        { "KHT_CHOICE", "mysql", "KHT_CHOICE must be one of inMemory, sqlite, not \"mysql\"" },
        { "KHT_CHOICE", "", "KHT_CHOICE must be one of inMemory, sqlite, not \"\"" },
        { "KHT_NAME", "aaaaaaaaaaaaaaaaaaaaa",
          "KHT_NAME must be at most 20 bytes long, not \"aaaaaaaaaaaaaaaaaaaaa\"" },
        { "KHT_API_TOKEN", "hunter2", "KHT_API_TOKEN must be at most 4 bytes long" },
        { "KHT_FLAG", "a\x1b[0m\n", "KHT_FLAG must be true or false, not \"a?[0m?\"" },
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof rows_refused / sizeof rows_refused[0]; i++) {
        setenv(rows_refused[i].name, rows_refused[i].value, 1);
        assert_int_equal(load_map(fixture, &map, NULL), KH_BAD_SETTING);
        assert_string_equal(fixture->error.reason, rows_refused[i].reason);
        unsetenv(rows_refused[i].name);
    }
    setenv("KHT_NAME", "\xFF", 1);
    assert_int_equal(load_map(fixture, &map, NULL), KH_BAD_SETTING);
}

static void tells_the_line_of_a_bad_value(void **state)
{
    struct fixture *fixture = *state;
    char expected[160];

    assert_int_equal(load_file(fixture, "\nKHT_FLAG=no\n"), KH_BAD_SETTING);
    (void)snprintf(expected, sizeof expected, "KHT_FLAG must be true or false, not \"no\" (%s:2)",
                   fixture->path);
    assert_string_equal(fixture->error.reason, expected);
}

static void asks_for_what_is_required(void **state)
{
    struct fixture *fixture = *state;
    struct kh_setting row = rows[0];
    const struct kh_settings_map one = { &row, 1, sizeof(struct values) };

    row.required = true;
    assert_int_equal(load_map(fixture, &one, NULL), KH_BAD_SETTING);
    assert_string_equal(fixture->error.reason, "KHT_NAME must be set: A name.");
    setenv("KHT_NAME", "", 1);
    assert_int_equal(load_map(fixture, &one, NULL), KH_BAD_SETTING);
    setenv("KHT_NAME", "x", 1);
    assert_int_equal(load_map(fixture, &one, NULL), KH_OK);
}

static void gives_values_by_name(void **state)
{
    struct fixture *fixture = *state;

    setenv("KHT_NAME", "n", 1);
    setenv("KHT_CHOICE", "sqlite", 1);
    assert_int_equal(load_map(fixture, &map, NULL), KH_OK);
    assert_str(kh_settings_str(&map, &fixture->values, "KHT_NAME"), "n");
    assert_int_equal(kh_settings_int(&map, &fixture->values, "KHT_NUMBER"), 7);
    assert_true(kh_settings_bool(&map, &fixture->values, "KHT_FLAG"));
    assert_string_equal(kh_settings_choice(&map, &fixture->values, "KHT_CHOICE"), "sqlite");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(falls_back_to_defaults),        TEST(environment_goes_before_file),
        TEST(reads_the_lines_of_a_file),     TEST(refuses_lines_that_are_none),
        TEST(refuses_files_that_are_none),   TEST(tells_setting_value_and_what_is_allowed),
        TEST(tells_the_line_of_a_bad_value), TEST(asks_for_what_is_required),
        TEST(gives_values_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
