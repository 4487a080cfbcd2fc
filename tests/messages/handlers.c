/* What the events do is of no matter: they are read, and that is all. */
#include "handlers.h"

enum kh_status on_defaults(struct kh_context *ctx, const struct envelope *envelope,
                           const struct defaults *event)
{
    (void)ctx;
    (void)envelope;
    (void)event;
    return KH_OK;
}

enum kh_status on_empty(struct kh_context *ctx, const struct envelope *envelope,
                        const struct empty *event)
{
    (void)ctx;
    (void)envelope;
    (void)event;
    return KH_OK;
}

enum kh_status on_free_forms(struct kh_context *ctx, const struct envelope *envelope,
                             const struct free_forms *event)
{
    (void)ctx;
    (void)envelope;
    (void)event;
    return KH_OK;
}

enum kh_status on_lists(struct kh_context *ctx, const struct envelope *envelope,
                        const struct lists *event)
{
    (void)ctx;
    (void)envelope;
    (void)event;
    return KH_OK;
}

enum kh_status on_nested(struct kh_context *ctx, const struct envelope *envelope,
                         const struct nested *event)
{
    (void)ctx;
    (void)envelope;
    (void)event;
    return KH_OK;
}

enum kh_status on_nulls(struct kh_context *ctx, const struct envelope *envelope,
                        const struct nulls *event)
{
    (void)ctx;
    (void)envelope;
    (void)event;
    return KH_OK;
}

enum kh_status on_odd_names(struct kh_context *ctx, const struct envelope *envelope,
                            const struct odd_names *event)
{
    (void)ctx;
    (void)envelope;
    (void)event;
    return KH_OK;
}

enum kh_status on_scalars(struct kh_context *ctx, const struct envelope *envelope,
                          const struct scalars *event)
{
    (void)ctx;
    (void)envelope;
    (void)event;
    return KH_OK;
}

enum kh_status on_wide(struct kh_context *ctx, const struct envelope *envelope,
                       const struct wide *event)
{
    (void)ctx;
    (void)envelope;
    (void)event;
    return KH_OK;
}
