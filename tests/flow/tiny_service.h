/*
 * A service made by hand, so that the flow is tested without the generator: accounts that are opened,
 * paid into and closed.
 */
#ifndef TINY_SERVICE_H
#define TINY_SERVICE_H

#include "kh/record.h"
#include "kh/service.h"
#include "kh/unit.h"

struct account {
    struct kh_str id;    /* the key */
    struct kh_str owner; /* index "owner", sorted by balance */
    int64_t balance;
    int64_t events; /* applied to it */
    bool has_note;
    struct kh_str note;
};

extern const struct kh_entity tiny_account;
extern const struct kh_service tiny_service;

/*
 * Types and payloads: open {"account","owner"}, deposit {"account","amount" (1..1000)}, close
 * {"account"}. A deposit over a balance of 10,000 is refused.
 */

/* What a test wants a handler to do instead; NULL settings: nothing. */
struct tiny_settings {
    void (*before)(struct kh_context *context, const void *envelope, void *data);
    void *data;
    enum kh_status forced; /* other than KH_OK: returned after the work, without an error */
    bool ignore_failures;  /* of the unit of work */
};

/* A record in the arena, padded; `json` as printf makes it. */
struct kh_record tiny_record(struct kh_arena *arena, size_t position, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
