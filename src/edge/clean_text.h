/* Text that events may have a part in, for a terminal. */
#ifndef EDGE_CLEAN_TEXT_H
#define EDGE_CLEAN_TEXT_H

#include <stdio.h>

#include "kh/str.h"

/* Prints it with a ? for each control character: a terminal must not take orders from it. */
void kh_print_clean(struct kh_str text, FILE *out);

#endif
