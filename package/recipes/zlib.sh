# Streams in memory, without gz*, which are for files. Only the tests compress, so that of the
# archive the executable gets the other half. libcurl is built without it.
build() {
    local part parts=(adler32 compress crc32 deflate inffast inflate inftrees trees uncompr zutil)
    local files=()
    for part in "${parts[@]}"; do
        files+=("$source/$part.c")
    done
    flags=()
    archive libz.a "${files[@]}"
    headers . "$source/zlib.h" "$source/zconf.h"
    pkg_config zlib -lz
}
