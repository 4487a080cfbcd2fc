#include "child.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t clock_of(clockid_t clock)
{
    struct timespec now;

    if (clock_gettime(clock, &now) != 0) {
        return 0;
    }
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t clock_ns(void)
{
    return clock_of(CLOCK_MONOTONIC);
}

/* The last core that we may use: ours is another one, if there is another. */
static void last_core(cpu_set_t *out)
{
    cpu_set_t allowed;

    CPU_ZERO(out);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
        CPU_SET(0, out);
        return;
    }
    for (size_t core = CPU_SETSIZE; core-- > 0;) {
        if (CPU_ISSET(core, &allowed)) {
            CPU_SET(core, out);
            return;
        }
    }
}

bool child_start(struct child *child, char **command, int port)
{
    /* Shared with the child until it runs its program. */
    volatile int64_t started = 0;
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    char address[32];
    cpu_set_t core;

    last_core(&core);
    snprintf(address, sizeof address, "127.0.0.1:%d", port);
    if (nothing < 0 || setenv("AWS_LAMBDA_RUNTIME_API", address, 1) != 0) {
        return false;
    }
    child->pid = vfork();
    if (child->pid == 0) {
        (void)dup2(nothing, STDIN_FILENO);
        (void)dup2(nothing, STDOUT_FILENO);
        (void)dup2(nothing, STDERR_FILENO);
        (void)sched_setaffinity(0, sizeof core, &core);
        started = clock_ns();
        (void)execvp(command[0], command);
        _exit(127);
    }
    close(nothing);
    child->started_ns = started;
    child->ended = child->pid > 0 ? pidfd_open(child->pid, 0) : -1;
    return child->ended >= 0;
}

long child_memory_kib(const struct child *child, bool peak)
{
    const char *name = peak ? "VmHWM:" : "VmRSS:";
    char path[64];
    char line[256];
    long kib = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/status", (int)child->pid);
    file = fopen(path, "r");
    while (file != NULL && kib == 0 && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, name, strlen(name)) == 0) {
            kib = strtol(line + strlen(name), NULL, 10);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return kib;
}

int64_t child_processor_ns(const struct child *child)
{
    clockid_t clock;

    return clock_getcpuclockid(child->pid, &clock) == 0 ? clock_of(clock) : 0;
}

void child_kill(struct child *child)
{
    close(child->ended);
    (void)kill(child->pid, SIGKILL);
    (void)waitpid(child->pid, NULL, 0);
}
