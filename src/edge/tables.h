/* The verbs `settings`, `statuses` and `version`: tables for people, programs and the documentation. */
#ifndef KH_TABLES_H
#define KH_TABLES_H

#include "edge/options.h"
#include "kh/service.h"

/* Exit codes. */
int kh_print_settings(const struct kh_service *service, const struct kh_options *options);
int kh_print_statuses(const struct kh_options *options);
int kh_print_versions(const struct kh_options *options);

#endif
