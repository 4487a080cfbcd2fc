/* The tables by name, one for each file vector_*.c. */
#ifndef KH_TEXT_VECTOR_TABLES_H
#define KH_TEXT_VECTOR_TABLES_H

#include "text/vector.h"

extern const struct kh__vector kh__vector_portable;
extern const struct kh__vector kh__vector_avx2; /* x86-64 */
extern const struct kh__vector kh__vector_neon; /* arm64 */

#endif
