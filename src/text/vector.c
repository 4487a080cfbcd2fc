/* Which tables of functions there are for this machine. */
#include "text/vector.h"

#include "text/vector_tables.h"

const struct kh__vector *kh__vector(void)
{
#if defined(__x86_64__)
    bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                    __builtin_cpu_supports("bmi2");

    return has_avx2 ? &kh__vector_avx2 : &kh__vector_portable;
#elif defined(__aarch64__)
    return &kh__vector_neon;
#else
    return &kh__vector_portable;
#endif
}

size_t kh__vector_all(const struct kh__vector *out[KH__VECTOR_TABLES])
{
    size_t count = 0;

    out[count++] = &kh__vector_portable;
    if (kh__vector() != &kh__vector_portable) {
        out[count++] = kh__vector();
    }
    return count;
}
