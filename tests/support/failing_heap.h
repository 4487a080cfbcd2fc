/* Memory of the C library, counted, of which any allocation can be made to fail. */
#ifndef FAILING_HEAP_H
#define FAILING_HEAP_H

#include <stdbool.h>
#include <stddef.h>

struct failing_heap {
    size_t calls;    /* allocations and resizes */
    size_t fail_at;  /* which of them fails, counted from 1; 0: none */
    bool persistent; /* and all after it */
    size_t live;     /* blocks that were not given back */
    size_t injected; /* failures */
};

/* All zero at first. */
extern struct failing_heap failing_heap;

/* The runtime takes its memory from it, until kh_allocator_set(NULL). */
void failing_heap_use(void);

#endif
