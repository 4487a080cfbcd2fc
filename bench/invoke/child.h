/* The runtime that is measured, as a child process. */
#ifndef BENCH_CHILD_H
#define BENCH_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct child {
    pid_t pid;
    int ended;          /* a file that can be read once it has ended */
    int64_t started_ns; /* just before exec, by CLOCK_MONOTONIC */
};

int64_t clock_ns(void);

/*
 * Starts it on one core, with AWS_LAMBDA_RUNTIME_API set to a port of this machine. Its output is thrown
 * away.
 */
bool child_start(struct child *child, char **command, int port);

/* What it holds of memory now, and the most it held, in KiB; 0: it is gone. */
long child_memory_kib(const struct child *child, bool peak);

/* How long it had the processor. */
int64_t child_processor_ns(const struct child *child);

void child_kill(struct child *child);

#endif
