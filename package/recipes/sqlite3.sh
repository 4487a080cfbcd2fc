# Thread-safe, in one file as its authors advise. Left out: what is deprecated, shared caches, which
# nobody is to use any more, and loading extensions, which a static program can't.
build() {
    local omitted=(-DSQLITE_OMIT_DEPRECATED -DSQLITE_OMIT_SHARED_CACHE -DSQLITE_OMIT_LOAD_EXTENSION)
    "$source/configure" --disable-tcl --disable-readline --disable-load-extension
    make sqlite3.c
    # Strings in double quotes are no strings; nobody asks how much memory there is, which would cost
    # a lock for every allocation.
    flags=(-DSQLITE_THREADSAFE=1 -DSQLITE_DQS=0 -DSQLITE_DEFAULT_MEMSTATUS=0
        -DHAVE_USLEEP=1 "${omitted[@]}")
    archive libsqlite3.a sqlite3.c
    headers . sqlite3.h
    pkg_config sqlite3 -lsqlite3
}
