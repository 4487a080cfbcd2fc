/* CRC-32 as zlib has it (ISO 3309), which DynamoDB sends along with its answers. */
#ifndef KH_AWS_CRC32_H
#define KH_AWS_CRC32_H

#include <stdint.h>

#include "kh/str.h"

uint32_t kh_crc32(struct kh_str bytes);

#endif
