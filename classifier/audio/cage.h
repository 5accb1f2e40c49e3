/* What a process may still do that reads bytes from strangers. */
#ifndef CLASSIFIER_AUDIO_CAGE_H
#define CLASSIFIER_AUDIO_CAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct cage_limits {
    int64_t cpu_s;
    size_t memory; /* bytes, beyond what the process has already */
};

/* For good: no more descriptors, processes, core files; so much time and memory; and where the
 * kernel has seccomp filters (x86-64 and arm64), no system call but reading and writing what is
 * open, memory, and the end: any other fails with EPERM. ERR_IO when a limit cannot be set. */
ERR_NODISCARD enum err_code cage_enter(const struct cage_limits *limits, struct err *e);

#endif
