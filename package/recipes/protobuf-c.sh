# The runtime, one file; the code of messages comes from protoc-c.
build() {
    flags=(-I "$source")
    archive libprotobuf-c.a "$source/protobuf-c/protobuf-c.c"
    headers protobuf-c "$source/protobuf-c/protobuf-c.h"
    pkg_config libprotobuf-c -lprotobuf-c
}
