# Small rather than fast, without threads, dictionary building and formats before 1.0. Only the tests
# compress, so that of the archive the executable gets the other half.
build() {
    flags=(-Os -DZSTD_LEGACY_SUPPORT=0 -DZSTD_TRACE=0 -DZSTD_DISABLE_ASM -DDYNAMIC_BMI2=0
        -DXXH_NAMESPACE=ZSTD_)
    archive libzstd.a "$source"/lib/{common,compress,decompress}/*.c
    headers . "$source"/lib/zstd{,_errors}.h
    pkg_config libzstd -lzstd
}
