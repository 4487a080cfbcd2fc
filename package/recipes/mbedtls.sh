# TLS 1.2 for clients; mbedtls_config.h says which parts.
extra_inputs=(package/recipes/mbedtls_config.h)

build() {
    cp -r "$source/include" .
    cp "$package/recipes/mbedtls_config.h" include/mbedtls/config.h
    flags=(-I include)
    archive libmbedtls.a "$source"/library/*.c
    headers mbedtls include/mbedtls/*.h
    headers psa include/psa/*.h
    pkg_config mbedtls -lmbedtls
}
