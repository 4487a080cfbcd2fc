/* Free-form values become cJSON trees here; the text has been checked before. */
#include "kh/value.h"

/* cJSON 1.7 cuts longer numbers, and takes what is left for the next token. */
#define CJSON_NUMBER_LENGTH 63

static bool is_number_byte(char byte)
{
    return (byte >= '0' && byte <= '9') || byte == '-' || byte == '+' || byte == '.' ||
           byte == 'e' || byte == 'E';
}

/* Behind the string whose opening quote is at text.data[at]. */
static size_t string_end(struct kh_str text, size_t at)
{
    for (at++; at < text.length && text.data[at] != '"'; at++) {
        at += text.data[at] == '\\';
    }
    return at + 1;
}

static bool has_long_number(struct kh_str text)
{
    size_t at = 0;

    while (at < text.length) {
        size_t begin = at;

        if (text.data[at] == '"') {
            at = string_end(text, at);
            continue;
        }
        while (at < text.length && is_number_byte(text.data[at])) {
            at++;
        }
        if (at - begin > CJSON_NUMBER_LENGTH) {
            return true;
        }
        at += at == begin;
    }
    return false;
}

enum kh_status kh_raw_parse(struct kh_raw raw, cJSON **out)
{
    *out = NULL;
    if (has_long_number(raw.text)) {
        return KH_OUT_OF_RANGE;
    }
    *out = raw.text.length == 0 ? cJSON_CreateNull()
                                : cJSON_ParseWithLength(raw.text.data, raw.text.length);
    return *out != NULL ? KH_OK : KH_NO_MEMORY;
}
