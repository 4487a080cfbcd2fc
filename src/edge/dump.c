/* Goes through the store page by page, so that a dump takes little memory. */
#include "edge/dump.h"

#include <errno.h>
#include <string.h>

#include "edge/verbs.h"
#include "kh/json_writer.h"

#define PAGE 500

/* Memory of one entity's dump. */
struct dump {
    struct kh_arena rows;   /* of one page */
    struct kh_arena cursor; /* outlives the page it came with */
    struct kh_json_writer writer;
};

static enum kh_status write_page(struct dump *dump, const struct kh_entity *entity,
                                 const struct kh_page *page, FILE *out, struct kh_error *error)
{
    struct kh_str text;

    kh_json_writer_reset(&dump->writer);
    for (size_t i = 0; i < page->count; i++) {
        const char *values = page->values;

        KH_TRY(entity->codec->write(&dump->writer, values + i * entity->codec->size));
        KH_TRY(kh_json_write_newline(&dump->writer));
    }
    text = kh_json_writer_text(&dump->writer);
    if (fwrite(text.data, 1, text.length, out) != text.length) {
        return kh_fail(error, KH_IO, "standard output: %s", strerror(errno));
    }
    return KH_OK;
}

static enum kh_status dump_entity(struct dump *dump, const struct kh_entity *entity,
                                  struct kh_store *store, struct kh_log log, FILE *out,
                                  struct kh_error *error)
{
    const struct kh_call call = { &dump->rows, error, log, INT64_MAX };
    struct kh_str cursor = KH_STR("");

    do {
        struct kh_page page;

        KH_TRY(store->ops->query(store, &call, entity, NULL, NULL, cursor, PAGE, &page));
        KH_TRY(write_page(dump, entity, &page, out, error));
        kh_arena_reset(&dump->cursor);
        cursor = kh_arena_copy(&dump->cursor, page.next);
        if (cursor.data == NULL) {
            return kh_fail(error, KH_NO_MEMORY, "no memory for the dump");
        }
        kh_arena_reset(&dump->rows);
    } while (cursor.length > 0);
    return KH_OK;
}

enum kh_status kh_dump(const struct kh_service *service, struct kh_store *store, struct kh_log log,
                       FILE *out, struct kh_error *error)
{
    enum kh_status status = KH_OK;
    struct dump dump;

    kh_arena_init(&dump.rows);
    kh_arena_init(&dump.cursor);
    kh_json_writer_init(&dump.writer);
    for (size_t i = 0; status == KH_OK && i < service->entity_count; i++) {
        status = dump_entity(&dump, service->entities[i], store, log, out, error);
    }
    kh_json_writer_clean_up(&dump.writer);
    kh_arena_clean_up(&dump.cursor);
    kh_arena_clean_up(&dump.rows);
    /* Whoever failed may not have said why. */
    return status == KH_OK ? KH_OK : kh_fail(error, status, "%s", kh_status_text(status));
}

/* ---- The verb --------------------------------------------------------------------------- */

static bool dump_all(struct kh_startup *startup)
{
    struct kh_error error;

    if (strcmp(kh_startup_choice(startup, "DB"), "inMemory") == 0) {
        kh_complain("dump",
                    "DB is inMemory, so nothing is left of other runs; to see what a run leaves, "
                    "add --dump to it");
        return false;
    }
    if (kh_verb_store(startup) != KH_OK) {
        return false;
    }
    kh_error_clear(&error);
    if (kh_dump(startup->service, startup->options.store, startup->log, stdout, &error) != KH_OK) {
        kh_complain("dump", error.reason);
        return false;
    }
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        kh_complain("standard output", strerror(errno));
        return false;
    }
    return true;
}

int kh_dump_store(const struct kh_service *service, const struct kh_options *options)
{
    struct kh_startup startup;
    bool fine = kh_verb_start(&startup, service, options) == KH_OK && dump_all(&startup);

    kh_startup_clean_up(&startup);
    return fine ? 0 : 1;
}
