/* The line of metrics, letter by letter and as CloudWatch's rules have it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "edge/metrics.h"

static const struct kh_batch_result result = {
    .records = 15, .done = 5, .duplicate = 4, .skipped = 3, .dead_lettered = 2, .retry = 1
};

static struct kh_metrics metrics_of(const char *request_id)
{
    return (struct kh_metrics){ .name_space = "Orders",
                                .behind_ms = -1,
                                .service = "orders",
                                .timestamp_ms = 1795434900125,
                                .batch_ms = 42,
                                .request_id = kh_str_from(request_id),
                                .result = &result };
}

static void a_batch_is_one_line(void **state)
{
    static const char expected[] =
        "{\"_aws\":{\"Timestamp\":1795434900125,\"CloudWatchMetrics\":[{\"Namespace\":\"Orders\","
        "\"Dimensions\":[[\"service\"]],\"Metrics\":["
        "{\"Name\":\"records\",\"Unit\":\"Count\"},{\"Name\":\"done\",\"Unit\":\"Count\"},"
        "{\"Name\":\"duplicate\",\"Unit\":\"Count\"},{\"Name\":\"skipped\",\"Unit\":\"Count\"},"
        "{\"Name\":\"deadLettered\",\"Unit\":\"Count\"},{\"Name\":\"retry\",\"Unit\":\"Count\"},"
        "{\"Name\":\"batchMilliseconds\",\"Unit\":\"Milliseconds\"}]}]},"
        "\"service\":\"orders\",\"records\":15,\"done\":5,\"duplicate\":4,\"skipped\":3,"
        "\"deadLettered\":2,\"retry\":1,\"batchMilliseconds\":42,\"requestId\":\"r-1\"}\n";
    const struct kh_metrics metrics = metrics_of("r-1");
    struct kh_json_writer out;

    (void)state;
    kh_json_writer_init(&out);
    assert_int_equal(kh_metrics_write(&out, &metrics), KH_OK);
    assert_int_equal(kh_json_writer_text(&out).length, sizeof expected - 1);
    assert_memory_equal(kh_json_writer_text(&out).data, expected, sizeof expected - 1);
    kh_json_writer_clean_up(&out);
}

static void every_metric_and_dimension_is_a_root_member(void **state)
{
    const struct kh_metrics metrics = metrics_of("");
    struct kh_json_writer out;
    const cJSON *directive;
    const cJSON *each;
    cJSON *root;

    (void)state;
    kh_json_writer_init(&out);
    assert_int_equal(kh_metrics_write(&out, &metrics), KH_OK);
    root = cJSON_ParseWithLength(kh_json_writer_text(&out).data, kh_json_writer_text(&out).length);
    assert_non_null(root);
    directive = cJSON_GetArrayItem(
        cJSON_GetObjectItem(cJSON_GetObjectItem(root, "_aws"), "CloudWatchMetrics"), 0);
    cJSON_ArrayForEach(each, cJSON_GetObjectItem(directive, "Metrics"))
    {
        const char *name = cJSON_GetObjectItem(each, "Name")->valuestring;

        assert_true(cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(root, name)));
    }
    cJSON_ArrayForEach(each, cJSON_GetArrayItem(cJSON_GetObjectItem(directive, "Dimensions"), 0))
    {
        assert_true(cJSON_IsString(cJSON_GetObjectItemCaseSensitive(root, each->valuestring)));
    }
    assert_null(cJSON_GetObjectItem(root, "requestId"));
    cJSON_Delete(root);
    kh_json_writer_clean_up(&out);
}

static void lines_follow_one_another(void **state)
{
    const struct kh_metrics metrics = metrics_of("");
    struct kh_json_writer out;
    size_t length;

    (void)state;
    kh_json_writer_init(&out);
    assert_int_equal(kh_metrics_write(&out, &metrics), KH_OK);
    length = kh_json_writer_text(&out).length;
    assert_int_equal(kh_metrics_write(&out, &metrics), KH_OK);
    assert_int_equal(kh_json_writer_text(&out).length, 2 * length);
    assert_memory_equal(kh_json_writer_text(&out).data, kh_json_writer_text(&out).data + length,
                        length);
    kh_json_writer_clean_up(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_is_one_line),
        cmocka_unit_test(every_metric_and_dimension_is_a_root_member),
        cmocka_unit_test(lines_follow_one_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
