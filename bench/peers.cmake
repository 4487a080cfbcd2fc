# What the peers in C and C++ share: they are as fast as the compiler makes them for this very machine.
# KH_BENCH_SOURCES is the folder that build.py unpacks libraries into.

set(peer_options -O3 -DNDEBUG -march=native)

function(add_peer name)
    add_executable(${name} ${ARGN})
    target_compile_options(${name} PRIVATE ${peer_options})
    target_link_libraries(${name} PRIVATE bench_harness)
endfunction()
