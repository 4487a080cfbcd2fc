# One file.
build() {
    flags=()
    archive libcjson.a "$source/cJSON.c"
    headers cjson "$source/cJSON.h"
    pkg_config libcjson -lcjson
}
