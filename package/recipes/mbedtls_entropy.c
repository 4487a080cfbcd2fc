/*
 * Random bytes from the kernel by a system call. Mbed TLS does that itself with glibc only, and would open
 * /dev/urandom with musl, which need not be there.
 */
#include <errno.h>
#include <mbedtls/entropy.h>
#include <mbedtls/entropy_poll.h>
#include <sys/random.h>

int mbedtls_hardware_poll(void *data, unsigned char *output, size_t len, size_t *olen)
{
    ssize_t got;

    (void)data;
    do {
        got = getrandom(output, len, 0);
    } while (got < 0 && errno == EINTR);
    *olen = got < 0 ? 0 : (size_t)got;
    return got < 0 ? MBEDTLS_ERR_ENTROPY_SOURCE_FAILED : 0;
}
