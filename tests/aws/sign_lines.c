/*
 * Signs what standard input says, a request a line: fields in hexadecimal between blanks, which are key
 * id, secret, region, service, date, body, and then a name and a value for each header. Prints the value
 * of Authorization for each. Exit codes: 0 all signed, 1 a line is not that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/sign.h"

#define FIELDS 6
#define HEADERS 64

static int digit(char c)
{
    return c >= 'a' ? c - 'a' + 10 : c - '0';
}

/* Decodes in place. */
static struct kh_str decode(char *text)
{
    size_t length = strlen(text) / 2;

    for (size_t i = 0; i < length; i++) {
        text[i] = (char)(digit(text[2 * i]) * 16 + digit(text[2 * i + 1]));
    }
    return (struct kh_str){ text, length };
}

static int sign_line(char *line, struct kh_arena *arena)
{
    struct kh_str fields[FIELDS + 2 * HEADERS];
    struct kh_aws_header headers[HEADERS];
    struct kh_aws_signing signing;
    struct kh_str authorization;
    char date[KH_AWS_DATE_SIZE] = "";
    size_t count = 0;
    char *rest = line;

    line[strcspn(line, "\n")] = '\0';
    while (rest != NULL && count < sizeof fields / sizeof fields[0]) {
        char *field = strsep(&rest, " ");

        fields[count++] = decode(field);
    }
    if (count < FIELDS || count % 2 != 0 || fields[4].length != KH_AWS_DATE_SIZE - 1) {
        return 1;
    }
    memcpy(date, fields[4].data, fields[4].length);
    signing = (struct kh_aws_signing){ .key_id = fields[0],
                                       .secret = fields[1],
                                       .region = fields[2],
                                       .service = fields[3],
                                       .date = date,
                                       .headers = headers,
                                       .header_count = (count - FIELDS) / 2,
                                       .body = fields[5] };
    for (size_t i = 0; i < signing.header_count; i++) {
        headers[i] = (struct kh_aws_header){ fields[FIELDS + 2 * i], fields[FIELDS + 2 * i + 1] };
    }
    if (kh_aws_sign(&signing, arena, &authorization) != KH_OK) {
        return 1;
    }
    (void)printf("%.*s\n", KH_STR_ARG(authorization));
    kh_arena_reset(arena);
    return 0;
}

int main(void)
{
    struct kh_arena arena;
    char *line = NULL;
    size_t capacity = 0;
    int result = 0;

    kh_arena_init(&arena);
    while (result == 0 && getline(&line, &capacity, stdin) > 0) {
        result = sign_line(line, &arena);
    }
    free(line);
    kh_arena_clean_up(&arena);
    return result;
}
