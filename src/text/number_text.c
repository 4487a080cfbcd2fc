/* Doubles as number tokens. */
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "text/ascii.h"
#include "text/number.h"

/* Sign, 17 digits, exponent, and a point of as many bytes as a locale may give it. */
#define PRINTED_SIZE 64

/* Integers below this are printed digit by digit. */
#define PLAIN_LIMIT 1e15

static size_t print_integer(int64_t value, char text[KH__NUMBER_TEXT_SIZE])
{
    char reversed[KH__NUMBER_TEXT_SIZE];
    uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
    size_t count = 0;
    size_t length = 0;

    do {
        reversed[count++] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value < 0) {
        text[length++] = '-';
    }
    while (count > 0) {
        text[length++] = reversed[--count];
    }
    text[length] = '\0';
    return length;
}

/* With `precision` digits; returns the text's length. */
static size_t print(double value, int precision, char text[KH__NUMBER_TEXT_SIZE])
{
    char printed[PRINTED_SIZE];
    size_t length = 0;
    bool point = false;

    (void)snprintf(printed, sizeof printed, "%.*g", precision, value);
    /* The point is the locale's: whatever it is becomes '.'. */
    for (const char *at = printed; *at != '\0'; at++) {
        if (kh__is_digit(*at) || *at == '-' || *at == '+' || *at == 'e') {
            text[length++] = *at;
        } else if (!point) {
            text[length++] = '.';
            point = true;
        }
    }
    text[length] = '\0';
    return length;
}

size_t kh__number_from_double(double value, char text[KH__NUMBER_TEXT_SIZE])
{
    size_t length = 0;
    double again = 0;

    if (fabs(value) < PLAIN_LIMIT && value == trunc(value) && (value != 0 || !signbit(value))) {
        return print_integer((int64_t)value, text);
    }
    /* A double keeps any 15 digits, unless it is so small that it has fewer bits than others. */
    for (int precision = fabs(value) < DBL_MIN ? 1 : DBL_DIG; precision <= DBL_DECIMAL_DIG;
         precision++) {
        length = print(value, precision, text);
        if (kh__number_to_double((struct kh_str){ text, length }, &again) && again == value) {
            break;
        }
    }
    return length;
}
