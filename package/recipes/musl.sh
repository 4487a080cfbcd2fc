# The C library. Static only: nothing is ever loaded into a bootstrap.
# A few functions are ours, see package/musl: the decoders and the stores lean on them.
extra_inputs=(package/musl/*.[ch] package/musl/x86_64/*)

build() {
    local processor=${triplet%%-*}
    cp -r "$source/." .
    # What is in a folder of the processor's name takes the place of what is beside it.
    cp "$package"/musl/*.[ch] "src/string/$processor/"
    if [ -d "$package/musl/$processor" ]; then
        rm "src/string/$processor"/mem{cpy,move}.s
        cp "$package/musl/$processor"/* "src/string/$processor/"
    fi
    mapfile -t paths < <(path_flags)
    CC=$CC AR=$AR RANLIB=$triplet-ranlib \
        CFLAGS="${common_flags[*]} ${paths[*]}" \
        ./configure --prefix=/usr --target="$triplet" --disable-shared --disable-wrapper
    make -j "$jobs" lib/libc.a
    make -j "$jobs" install DESTDIR="$stage"
}
