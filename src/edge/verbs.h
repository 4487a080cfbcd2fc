/* The verbs that need settings. Each returns the exit code. */
#ifndef KH_VERBS_H
#define KH_VERBS_H

#include "edge/options.h"
#include "edge/startup.h"
#include "kh/service.h"

int kh_run(const struct kh_service *service, const struct kh_options *options);
int kh_validate(const struct kh_service *service, const struct kh_options *options);
int kh_replay(const struct kh_service *service, const struct kh_options *options);
int kh_put_files(const struct kh_service *service, const struct kh_options *options);
int kh_worker(const struct kh_service *service, const struct kh_options *options);
int kh_multilang(const struct kh_service *service, const struct kh_options *options);
int kh_dump_store(const struct kh_service *service, const struct kh_options *options);
int kh_tables(const struct kh_service *service, const struct kh_options *options);

/*
 * What they begin with: the files are there, the settings are sound. Says on standard error what is
 * not. `startup` is to be cleaned up whatever this returned.
 */
enum kh_status kh_verb_start(struct kh_startup *startup, const struct kh_service *service,
                             const struct kh_options *options) KH_MUST_USE;

/* Opens the store, or says on standard error why it can't be. */
enum kh_status kh_verb_store(struct kh_startup *startup) KH_MUST_USE;

/* "kinesis-handler: subject: reason" on standard error; the subject may be NULL. */
void kh_complain(const char *subject, const char *reason);

#endif
