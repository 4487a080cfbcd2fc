/* Times in order, so that the best, the median and the worst are where one looks for them. */
#ifndef BENCH_SORTED_H
#define BENCH_SORTED_H

#include <stdlib.h>

static inline int bench_compare_doubles(const void *a, const void *b)
{
    const double *left = a;
    const double *right = b;

    return (*left > *right) - (*left < *right);
}

static inline void bench_sort(double *values, size_t count)
{
    qsort(values, count, sizeof *values, bench_compare_doubles);
}

#endif
