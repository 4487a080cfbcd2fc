/*
 * Half a byte at a time: a table of 64 bytes, and 300 MB a second, which is more than any network gives.
 * zlib is not in the static executable.
 */
#include "aws/crc32.h"

uint32_t kh_crc32(struct kh_str bytes)
{
    static const uint32_t table[16] = { 0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC,
                                        0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
                                        0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
                                        0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C };
    uint32_t crc = ~UINT32_C(0);

    for (size_t i = 0; i < bytes.length; i++) {
        crc ^= (unsigned char)bytes.data[i];
        crc = table[crc & 0xF] ^ crc >> 4;
        crc = table[crc & 0xF] ^ crc >> 4;
    }
    return ~crc;
}
