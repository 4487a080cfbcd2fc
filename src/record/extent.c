/* Finds the end of a JSON value without reading it: linear, and able to go on where it stopped. */
#include "record/extent.h"

static bool ends_word(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n' || byte == ',' ||
           byte == ']' || byte == '}' || byte == '[' || byte == '{';
}

/* A number or a word: neither string nor brackets. */
static bool find_word_end(struct kh_extent *extent, struct kh_str text, bool last)
{
    while (extent->length < text.length) {
        if (ends_word(text.data[extent->length])) {
            return true;
        }
        extent->length++;
    }
    return last;
}

/* Goes on in a string; true behind its closing quote. */
static bool find_string_end(struct kh_extent *extent, struct kh_str text)
{
    while (extent->length < text.length) {
        char byte = text.data[extent->length++];

        if (extent->escaped) {
            extent->escaped = false;
        } else if (byte == '\\') {
            extent->escaped = true;
        } else if (byte == '"') {
            extent->in_string = false;
            return true;
        }
    }
    return false;
}

bool kh_extent_find(struct kh_extent *extent, struct kh_str text, bool last)
{
    if (text.length == 0) {
        return false;
    }
    if (text.data[0] != '"' && text.data[0] != '{' && text.data[0] != '[') {
        return find_word_end(extent, text, last);
    }
    while (extent->length < text.length) {
        if (extent->in_string) {
            if (find_string_end(extent, text) && extent->depth == 0) {
                return true;
            }
            continue;
        }
        switch (text.data[extent->length++]) {
        case '"':
            extent->in_string = true;
            break;
        case '{':
        case '[':
            extent->depth++;
            break;
        case '}':
        case ']':
            extent->depth--;
            if (extent->depth == 0) {
                return true;
            }
            break;
        default:
            break;
        }
    }
    return false;
}
