# The 8 bit library with Unicode. No JIT: src/text/regex.c asks for limits, not for speed.
build() {
    local part parts=(auto_possess chartables compile config context convert dfa_match error extuni
        find_bracket jit_compile maketables match match_data newline ord2utf pattern_info script_run
        serialize string_utils study substitute substring tables ucd valid_utf xclass)
    local files=()
    cp -r "$source"/src/. .
    cp config.h.generic config.h
    cp pcre2.h.generic pcre2.h
    cp pcre2_chartables.c.dist pcre2_chartables.c
    for part in "${parts[@]}"; do
        files+=("pcre2_$part.c")
    done
    flags=(-I . -DHAVE_CONFIG_H -DPCRE2_CODE_UNIT_WIDTH=8 -DPCRE2_STATIC
        -DSUPPORT_UNICODE -DHAVE_MEMMOVE -DHAVE_STRERROR -DHAVE_ATTRIBUTE_UNINITIALIZED
        -DHAVE_STDINT_H -DHAVE_INTTYPES_H)
    archive libpcre2-8.a "${files[@]}"
    headers . pcre2.h
    pkg_config libpcre2-8 -lpcre2-8
}
