# TLS 1.2 for clients; mbedtls_config.h says which parts, mbedtls_entropy.c where randomness is from.
extra_inputs=(package/recipes/mbedtls_config.h package/recipes/mbedtls_entropy.c)

build() {
    cp -r "$source/include" .
    cp "$package/recipes/mbedtls_config.h" include/mbedtls/config.h
    flags=(-I include)
    archive libmbedtls.a "$source"/library/*.c "$package/recipes/mbedtls_entropy.c"
    headers mbedtls include/mbedtls/*.h
    headers psa include/psa/*.h
    pkg_config mbedtls -lmbedtls
}
