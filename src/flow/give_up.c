/* A record that is given up becomes a dead letter like one that was refused, but for its reason. */
#include "flow/give_up.h"

#include "flow/batch.h"

static void tell(const struct kh__run *run, struct kh_log log,
                 const struct kh_batch_observer *observer)
{
    const struct kh_outcome outcome = { .record = run->record,
                                        .event = run->message.event,
                                        .status = run->status,
                                        .verdict = KH_VERDICT_DEAD_LETTERED,
                                        .error = run->error };

    KH_LOG(log, KH_WARN, "the record was given up",
           KH_LOG_FIELD_STR("sequenceNumber", run->record->sequence_number),
           KH_LOG_FIELD_STR("status", kh_str_from(kh_status_name(run->status))),
           KH_LOG_FIELD_STR("reason", kh_str_from(run->error->reason)));
    if (observer != NULL) {
        observer->outcome(observer->context, &outcome);
    }
}

enum kh_status kh_batch_give_up(struct kh_batch *batch, const struct kh_record *record,
                                struct kh_event event, const struct kh_error *why,
                                struct kh_log log, const struct kh_batch_observer *observer,
                                struct kh_error *error)
{
    struct kh_dead_letters *target = batch->options.dead_letters;
    const struct kh__run run = { .record = record,
                                 .status = why->status,
                                 .verdict = KH_VERDICT_DEAD_LETTERED,
                                 .message = { .event = event },
                                 .violations_text = KH_STR_INIT(""),
                                 .pointer_prefix = KH_STR_INIT(""),
                                 .error = why };
    struct kh_dead_letter letter;
    enum kh_status status;
    bool is_cut;

    if (target == NULL || kh__dead_letter_would_return(target, record)) {
        return kh_fail(error, KH_BAD_SETTING, "%s",
                       target == NULL
                           ? "there is no target for dead letters"
                           : "the target for dead letters is the stream the record came from");
    }
    status = kh__dead_letter_write(&batch->writer, &run, batch->options.service->name,
                                   kh_clock_wall_ms(batch->options.clock), target->max_length,
                                   &batch->arena, &is_cut);
    if (status != KH_OK) {
        return kh_fail(error, status, "a dead letter can't be made: %s", kh_status_text(status));
    }
    if (is_cut) {
        kh__dead_letter_warn(&run, log);
    }
    letter =
        (struct kh_dead_letter){ kh_json_writer_text(&batch->writer), kh__dead_letter_key(&run) };
    KH_TRY(target->ops->write(target, &letter, 1, INT64_MAX, error));
    tell(&run, log, observer);
    return KH_OK;
}
