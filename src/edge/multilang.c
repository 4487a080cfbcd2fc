#include "edge/verbs.h"
int kh_multilang(const struct kh_service *service, const struct kh_options *options)
{
    (void)service; (void)options;
    return 1;
}
