#include "classifier/audio/cage.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

/* Bytes that count for RLIMIT_DATA already. */
static size_t data_now(void)
{
    unsigned long pages = 0;
    char text[128] = "";
    FILE *file = fopen("/proc/self/statm", "re");
    if (file != NULL) {
        /* size resident shared text lib data dirty */
        const char *at = fgets(text, sizeof(text), file);
        for (int i = 0; i < 5 && at != NULL; i++) {
            at = strchr(at, ' ');
            at = at != NULL ? at + 1 : NULL;
        }
        pages = at != NULL ? strtoul(at, NULL, 10) : 0;
        fclose(file);
    }
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static enum err_code limit(int resource, size_t most, struct err *e)
{
    const struct rlimit r = {.rlim_cur = most, .rlim_max = most};
    return setrlimit((__rlimit_resource_t)resource, &r) == 0
               ? ERR_OK
               : err_set(e, ERR_IO, "cannot limit the decoder: %s", strerror(errno));
}

#ifdef ARCH
#define ALLOW(NAME)                                                                                \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##NAME, 0, 1),                                        \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define LOAD(FIELD)                                                                                \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offsetof(struct seccomp_data, FIELD))
#define REFUSE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

static void calls_filter(void)
{
    /* Numbers of other architectures, x32's too, are on no list of ours. */
    struct sock_filter filter[] = {
        LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
        REFUSE,
        LOAD(nr),
        ALLOW(read),
        ALLOW(pread64),
        ALLOW(readv),
        ALLOW(lseek),
        ALLOW(fstat),
        ALLOW(newfstatat), /* glibc's fstat */
        ALLOW(fcntl),
        ALLOW(close),
        ALLOW(write),
        ALLOW(mmap),
        ALLOW(mremap),
        ALLOW(munmap),
        ALLOW(mprotect),
        ALLOW(madvise),
        ALLOW(brk),
        ALLOW(futex),
        ALLOW(clock_gettime),
        ALLOW(gettimeofday),
        ALLOW(getrandom),
        ALLOW(sched_yield),
        ALLOW(getpid),
        ALLOW(gettid),
        ALLOW(tgkill), /* abort() */
        ALLOW(rt_sigaction),
        ALLOW(rt_sigprocmask),
        ALLOW(rt_sigreturn),
        ALLOW(sigaltstack),
        ALLOW(exit),
        ALLOW(exit_group),
        REFUSE,
    };
    const struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};
    /* A kernel without filters still has the limits. */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
    }
}
#else
static void calls_filter(void)
{
}
#endif

enum err_code cage_enter(const struct cage_limits *limits, struct err *e)
{
    const size_t memory = data_now() + limits->memory;
    enum err_code code = limit(RLIMIT_CORE, 0, e);
    code = code == ERR_OK ? limit(RLIMIT_CPU, (size_t)limits->cpu_s, e) : code;
    code = code == ERR_OK ? limit(RLIMIT_DATA, memory, e) : code;
    code = code == ERR_OK ? limit(RLIMIT_FSIZE, 0, e) : code;
    code = code == ERR_OK ? limit(RLIMIT_NOFILE, 0, e) : code;
    if (code == ERR_OK) {
        calls_filter();
    }
    return code;
}
