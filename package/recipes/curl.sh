# HTTP and HTTPS, and nothing that the HTTP client of src/http does not use. Names are looked up in a
# thread, so that a slow name server can't hold up a deadline or a stop; that also makes libcurl
# guard what its Mbed TLS side shares between threads. Where certificates are the client says itself.
needs=(mbedtls)

build() {
    local disabled=(ALTSVC COOKIES CRYPTO_AUTH DOH GETOPTIONS HSTS HTTP_AUTH LIBCURL_OPTION MIME NETRC
        NTLM PARSEDATE PROGRESS_METER SHUFFLE_DNS VERBOSE_STRINGS)
    mapfile -t paths < <(path_flags)
    # poll(2) is good on Linux; CMake would have to run a program to find out.
    cmake -G Ninja -S "$source" -B . \
        -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR="$architecture" \
        -DCMAKE_C_COMPILER="$CC" -DCMAKE_SYSROOT="$sysroot" -DCMAKE_BUILD_TYPE=None \
        -DCMAKE_C_FLAGS="-specs=$package/musl.specs ${common_flags[*]} ${paths[*]}" \
        -DCMAKE_EXE_LINKER_FLAGS=-static-pie -DCMAKE_FIND_ROOT_PATH_MODE_PROGRAM=NEVER \
        -DCMAKE_FIND_ROOT_PATH_MODE_INCLUDE=ONLY -DCMAKE_FIND_ROOT_PATH_MODE_LIBRARY=ONLY \
        -DCMAKE_FIND_ROOT_PATH_MODE_PACKAGE=ONLY -DHAVE_POLL_FINE=ON \
        -DMBEDTLS_INCLUDE_DIRS="$sysroot/usr/include" -DMBEDTLS_LIBRARY="$sysroot/usr/lib/libmbedtls.a" \
        -DMBEDX509_LIBRARY="$sysroot/usr/lib/libmbedtls.a" -DMBEDCRYPTO_LIBRARY="$sysroot/usr/lib/libmbedtls.a" \
        -DBUILD_SHARED_LIBS=OFF -DBUILD_CURL_EXE=OFF -DBUILD_TESTING=OFF -DENABLE_MANUAL=OFF \
        -DHTTP_ONLY=ON -DENABLE_THREADED_RESOLVER=ON -DENABLE_UNIX_SOCKETS=OFF \
        -DCURL_USE_MBEDTLS=ON -DCURL_USE_OPENSSL=OFF -DCURL_CA_BUNDLE=none -DCURL_CA_PATH=none \
        -DCURL_ZLIB=OFF -DCURL_BROTLI=OFF -DCURL_ZSTD=OFF -DUSE_NGHTTP2=OFF -DUSE_LIBIDN2=OFF \
        -DCURL_USE_LIBPSL=OFF -DCURL_USE_LIBSSH2=OFF -DCURL_USE_GSSAPI=OFF \
        $(printf -- "-DCURL_DISABLE_%s=ON " "${disabled[@]}")
    ninja -j "$jobs" libcurl
    mkdir -p "$stage/usr/lib"
    cp lib/libcurl.a "$stage/usr/lib/"
    headers curl "$source"/include/curl/*.h
    pkg_config libcurl -lcurl mbedtls
}
