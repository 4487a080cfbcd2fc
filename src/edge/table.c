/* Rows of text, printed as columns, as Markdown, or as JSON objects under the columns' names. */
#include "edge/table.h"

#include <stdio.h>
#include <string.h>

#include "kh/json_writer.h"

#define MAX_COLUMNS 5

static void print_columns(const struct kh_table *table)
{
    size_t widths[MAX_COLUMNS];

    for (size_t column = 0; column < table->column_count; column++) {
        widths[column] = strlen(table->titles[column]);
        for (size_t row = 0; row < table->row_count; row++) {
            size_t length = strlen(table->cells[row * table->column_count + column]);

            widths[column] = length > widths[column] ? length : widths[column];
        }
        widths[column] = column + 1 == table->column_count ? 0 : widths[column];
    }
    for (size_t row = 0; row <= table->row_count; row++) {
        for (size_t column = 0; column < table->column_count; column++) {
            const char *cell = row == 0 ? table->titles[column]
                                        : table->cells[(row - 1) * table->column_count + column];

            (void)printf("%s%-*s", column == 0 ? "" : "  ", (int)widths[column], cell);
        }
        (void)printf("\n");
    }
}

static void print_markdown(const struct kh_table *table)
{
    for (size_t column = 0; column < table->column_count; column++) {
        (void)printf("%s %s ", column == 0 ? "|" : "", table->titles[column]);
        (void)printf("|");
    }
    (void)printf("\n|");
    for (size_t column = 0; column < table->column_count; column++) {
        (void)printf("---|");
    }
    (void)printf("\n");
    for (size_t row = 0; row < table->row_count; row++) {
        (void)printf("|");
        for (size_t column = 0; column < table->column_count; column++) {
            const char *cell = table->cells[row * table->column_count + column];

            (void)printf(" ");
            for (; *cell != '\0'; cell++) {
                (void)printf(*cell == '|' ? "\\%c" : "%c", *cell);
            }
            (void)printf(" |");
        }
        (void)printf("\n");
    }
}

static enum kh_status write_json(const struct kh_table *table, struct kh_json_writer *out)
{
    KH_TRY(kh_json_write_array_begin(out));
    for (size_t row = 0; row < table->row_count; row++) {
        KH_TRY(kh_json_write_object_begin(out));
        for (size_t column = 0; column < table->column_count; column++) {
            const char *cell = table->cells[row * table->column_count + column];

            KH_TRY(kh_json_write_name(out, kh_str_from(table->columns[column])));
            KH_TRY(kh_json_write_str(out, kh_str_from(cell)));
        }
        KH_TRY(kh_json_write_object_end(out));
    }
    KH_TRY(kh_json_write_array_end(out));
    return kh_json_write_newline(out);
}

static int print_json(const struct kh_table *table)
{
    struct kh_json_writer out;
    enum kh_status status;

    kh_json_writer_init(&out);
    status = write_json(table, &out);
    if (status == KH_OK) {
        struct kh_str text = kh_json_writer_text(&out);

        (void)fwrite(text.data, 1, text.length, stdout);
    }
    kh_json_writer_clean_up(&out);
    return status == KH_OK ? 0 : 1;
}

int kh_table_print(const struct kh_table *table, const struct kh_options *options)
{
    if (options->json) {
        return print_json(table);
    }
    if (options->markdown) {
        print_markdown(table);
    } else {
        print_columns(table);
    }
    return 0;
}
