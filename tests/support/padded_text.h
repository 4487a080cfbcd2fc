/* Texts as readers expect them: on the heap, with exactly KH_PADDING readable bytes behind. */
#ifndef PADDED_TEXT_H
#define PADDED_TEXT_H

#include "kh/str.h"

/* A copy; ends the test if memory is short. Free with padded_text_free. */
struct kh_str padded_text_new(struct kh_str text);
void padded_text_free(struct kh_str text);

#endif
