/* SQLite's memory comes through kh_malloc. It asks how large blocks are, so each is led by its size. */
#include <stdint.h>

#include "kh/alloc.h"
#include "store/sqlite_internal.h"

/* Keeps the alignment of kh_malloc. */
#define HEAD 16

static int size_of(void *memory)
{
    return memory == NULL ? 0 : *(int *)(void *)((char *)memory - HEAD);
}

static void *with_size(char *block, int size)
{
    if (block == NULL) {
        return NULL;
    }
    *(int *)(void *)block = size;
    return block + HEAD;
}

static void *allocate(int size)
{
    return with_size(kh_malloc((size_t)size + HEAD), size);
}

static void release(void *memory)
{
    if (memory != NULL) {
        kh_free((char *)memory - HEAD);
    }
}

static void *resize(void *memory, int size)
{
    return with_size(kh_realloc((char *)memory - HEAD, (size_t)size + HEAD), size);
}

static int round_up(int size)
{
    return (size + 7) & ~7;
}

static int init(void *context)
{
    (void)context;
    return SQLITE_OK;
}

static void shut_down(void *context)
{
    (void)context;
}

void kh__sqlite_use_our_memory(void)
{
    static const sqlite3_mem_methods methods = { .xMalloc = allocate,
                                                 .xFree = release,
                                                 .xRealloc = resize,
                                                 .xSize = size_of,
                                                 .xRoundup = round_up,
                                                 .xInit = init,
                                                 .xShutdown = shut_down };

    /* They refuse once SQLite is set up. To count all memory would cost a lock for each allocation. */
    (void)sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
