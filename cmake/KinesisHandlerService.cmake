# kinesis_handler_add_service(
#     NAME <target>            the executable; also defines <target>-service, the generated code as a
#                              static library for tests
#     SCHEMA_DIR <dir>         the JSON Schemas
#     HANDLERS <file>...       the C files with the on_<event> functions
#     [GENERATED_DIR <dir>]    where the generated C goes; default: in the build folder
#     [DOCS_DIR <dir>]         where reference pages go; default: none are written
#     [DEPLOY_DIR <dir>])      where the deployment goes, a CloudFormation template and a Terraform
#                              module; default: none is written
#
# The generator runs when CMake configures, and CMake configures again when a schema changes, so that
# `cmake --build` is all there is to do after editing a schema. It writes only what has changed.

# The generator needs a Python with Jinja2; the first one on the way that has it is taken.
function(kinesis_handler_find_python result)
    foreach(candidate "${KH_PYTHON}" python3 /usr/bin/python3)
        if(candidate)
            execute_process(COMMAND ${candidate} -c "import jinja2"
                            RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET)
            if(failed EQUAL 0)
                set(${result} ${candidate} PARENT_SCOPE)
                return()
            endif()
        endif()
    endforeach()
    message(FATAL_ERROR "No Python with Jinja2 found: install python3-jinja2, or set KH_PYTHON.")
endfunction()

# The folder that holds the package codegen: beside this file's folder, installed or not.
get_filename_component(KINESIS_HANDLER_CODEGEN_ROOT "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)

# Runs the generator, now and whenever a schema changes. Sets KINESIS_HANDLER_GENERATED_SOURCES and
# KINESIS_HANDLER_GENERATED_TESTS, paths relative to generated_dir.
function(kinesis_handler_generate name schema_dir generated_dir docs_dir deploy_dir)
    get_filename_component(schema_dir "${schema_dir}" ABSOLUTE)
    set(command -m codegen generate --schema ${schema_dir} --out ${generated_dir}
                --stamp ${CMAKE_CURRENT_BINARY_DIR}/${name}-generated.stamp)
    if(docs_dir)
        get_filename_component(docs_dir "${docs_dir}" ABSOLUTE)
        list(APPEND command --docs ${docs_dir})
    endif()
    if(deploy_dir)
        get_filename_component(deploy_dir "${deploy_dir}" ABSOLUTE)
        list(APPEND command --deploy ${deploy_dir})
    endif()

    kinesis_handler_find_python(python)
    execute_process(
        COMMAND ${CMAKE_COMMAND} -E env PYTHONPATH=${KINESIS_HANDLER_CODEGEN_ROOT}
                PYTHONDONTWRITEBYTECODE=1 ${python} ${command}
        RESULT_VARIABLE failed)
    if(NOT failed EQUAL 0)
        message(FATAL_ERROR "The schemas in ${schema_dir} have problems, see above.")
    endif()

    # Behind the generator, which may have added a migration.
    file(GLOB_RECURSE inputs CONFIGURE_DEPENDS
         ${schema_dir}/*.json
         ${schema_dir}/migrations/*.sql
         ${KINESIS_HANDLER_CODEGEN_ROOT}/codegen/*.py
         ${KINESIS_HANDLER_CODEGEN_ROOT}/codegen/*.j2
         ${KINESIS_HANDLER_CODEGEN_ROOT}/codegen/*.json)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${inputs})

    include(${generated_dir}/sources.cmake)
    set(KINESIS_HANDLER_GENERATED_SOURCES ${KINESIS_HANDLER_GENERATED_SOURCES} PARENT_SCOPE)
    set(KINESIS_HANDLER_GENERATED_TESTS ${KINESIS_HANDLER_GENERATED_TESTS} PARENT_SCOPE)
endfunction()

function(kinesis_handler_add_service)
    cmake_parse_arguments(PARSE_ARGV 0 ARG ""
                          "NAME;SCHEMA_DIR;GENERATED_DIR;DOCS_DIR;DEPLOY_DIR" "HANDLERS")
    foreach(required NAME SCHEMA_DIR HANDLERS)
        if(NOT ARG_${required})
            message(FATAL_ERROR "kinesis_handler_add_service: ${required} is missing")
        endif()
    endforeach()
    if(ARG_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "kinesis_handler_add_service: what is ${ARG_UNPARSED_ARGUMENTS}?")
    endif()
    if(NOT ARG_GENERATED_DIR)
        set(ARG_GENERATED_DIR ${CMAKE_CURRENT_BINARY_DIR}/${ARG_NAME}-generated)
    endif()
    get_filename_component(generated_dir "${ARG_GENERATED_DIR}" ABSOLUTE)
    kinesis_handler_generate(${ARG_NAME} "${ARG_SCHEMA_DIR}" ${generated_dir} "${ARG_DOCS_DIR}"
                             "${ARG_DEPLOY_DIR}")
    list(TRANSFORM KINESIS_HANDLER_GENERATED_SOURCES PREPEND ${generated_dir}/)

    add_library(${ARG_NAME}-service STATIC ${KINESIS_HANDLER_GENERATED_SOURCES} ${ARG_HANDLERS})
    target_include_directories(${ARG_NAME}-service PUBLIC ${generated_dir})
    target_link_libraries(${ARG_NAME}-service PUBLIC kinesis_handler::kinesis_handler)

    add_executable(${ARG_NAME} ${generated_dir}/main.c)
    target_link_libraries(${ARG_NAME} PRIVATE ${ARG_NAME}-service)

    # For whoever builds the generated tests: paths relative to GENERATED_DIR.
    set(KINESIS_HANDLER_GENERATED_TESTS ${KINESIS_HANDLER_GENERATED_TESTS} PARENT_SCOPE)
endfunction()
