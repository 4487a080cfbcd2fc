#include "edge/relro.h"

#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static int protect(struct dl_phdr_info *program, size_t size, void *context)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

    (void)size;
    (void)context;
    for (size_t i = 0; i < program->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &program->dlpi_phdr[i];
        uintptr_t begin = program->dlpi_addr + part->p_vaddr;
        uintptr_t end = (begin + part->p_memsz) & ~(page - 1);

        begin &= ~(page - 1);
        if (part->p_type == PT_GNU_RELRO && end > begin) {
            (void)mprotect((void *)begin, end - begin, PROT_READ);
        }
    }
    return 1; /* the program itself comes first, and is all */
}

void kh_protect_relocated(void)
{
    (void)dl_iterate_phdr(protect, NULL);
}
