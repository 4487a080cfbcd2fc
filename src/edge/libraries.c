/* Every library is asked at run time: for one that is shared the headers may tell another version. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "edge/libraries.h"

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <pcre2.h>
#include <protobuf-c/protobuf-c.h>
#include <sqlite3.h>
#include <stdio.h>
#include <zlib.h>
#include <zstd.h>

static void put(struct kh_library *out, const char *name, const char *version)
{
    out->name = name;
    (void)snprintf(out->version, sizeof out->version, "%s", version == NULL ? "none" : version);
}

void kh_libraries(struct kh_library out[KH_LIBRARY_COUNT])
{
    const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
    char pcre2[64];

    (void)pcre2_config(PCRE2_CONFIG_VERSION, pcre2);
    put(&out[0], "cJSON", cJSON_Version());
    put(&out[1], "libcurl", curl->version);
    put(&out[2], "TLS", curl->ssl_version);
    put(&out[3], "PCRE2", pcre2);
    put(&out[4], "SQLite", sqlite3_libversion());
    put(&out[5], "protobuf-c", protobuf_c_version());
    put(&out[6], "zlib", zlibVersion());
    put(&out[7], "zstd", ZSTD_versionString());
}
