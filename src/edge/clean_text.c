/* See clean_text.h. */
#include "edge/clean_text.h"

void kh_print_clean(struct kh_str text, FILE *out)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        bool c1 = byte == 0xC2 && i + 1 < text.length && (unsigned char)text.data[i + 1] < 0xA0;

        (void)fputc(byte < 0x20 || byte == 0x7F || c1 ? '?' : byte, out);
        i += c1;
    }
}
