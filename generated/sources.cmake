# Generated from schema/. To change this file, edit the schema and build.

set(KINESIS_HANDLER_GENERATED_SOURCES
    entities/user_limit.c
    envelope.c
    events/user_limit_created.c
    events/user_limit_progress_changed.c
    events/user_limit_reset.c
    migrations.c
    service.c
    settings.c
    types/currency_code.c
    types/identifier.c
    types/limit_period.c
    types/limit_status.c
    types/limit_type.c
    types/money.c
    types/percentage.c
    types/timestamp.c
)

set(KINESIS_HANDLER_GENERATED_TESTS
    tests/test_generated_envelope.c
    tests/test_generated_user_limit.c
    tests/test_generated_user_limit_created.c
    tests/test_generated_user_limit_progress_changed.c
    tests/test_generated_user_limit_reset.c
)
