/* The values of `format` that keep a string a string; RFCs as JSON Schema 2020-12 names them. */
#ifndef KH_FORMAT_H
#define KH_FORMAT_H

#include <stdbool.h>

#include "kh/str.h"

bool kh_format_is_date(struct kh_str text);  /* RFC 3339 full-date */
bool kh_format_is_time(struct kh_str text);  /* RFC 3339 full-time */
bool kh_format_is_uuid(struct kh_str text);  /* RFC 4122 */
bool kh_format_is_email(struct kh_str text); /* RFC 5321 Mailbox, section 4.1.2 */
bool kh_format_is_uri(struct kh_str text);   /* RFC 3986, absolute or with a scheme at least */
bool kh_format_is_uri_reference(struct kh_str text); /* RFC 3986 */
bool kh_format_is_ipv4(struct kh_str text);          /* RFC 2673 section 3.2 */
bool kh_format_is_ipv6(struct kh_str text);          /* RFC 4291 section 2.2 */

#endif
