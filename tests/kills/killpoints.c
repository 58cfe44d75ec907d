/* What a process changes below one folder, counted at the C library: the n-th change kills the
 * process, or fails as on a full disk, a read-only one, or in a folder that somebody took away.
 *
 * Loaded with LD_PRELOAD it sees Python, Java and Rust alike. It does nothing until it is armed.
 * fwrite is not seen (the C library calls its own write), and neither are mapped pages. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OFF, COUNT, KILL, FULL, READ_ONLY, VANISH };

static int mode = OFF;
static long at = 0;
static atomic_long seen = 0;
static char prefix[PATH_MAX];
static size_t length = 0;
static int journal = -1;

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

/* Called by the tests, in a process that is to be disturbed. */
void kills_arm(const char *folder, int what, long when, int log) {
    snprintf(prefix, sizeof prefix, "%s", folder);
    length = strlen(prefix);
    at = when;
    journal = log;
    atomic_store(&seen, 0);
    mode = what;
}

static int below(const char *path) {
    return strncmp(path, prefix, length) == 0 && (path[length] == '/' || path[length] == 0);
}

static int watched_fd(int fd) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0) return 0;
    path[size] = 0;
    return below(path);
}

static int watched(int folder, const char *path) {
    if (path[0] == '/') return below(path);
    if (folder != AT_FDCWD) return watched_fd(folder);
    char here[PATH_MAX];
    return getcwd(here, sizeof here) != NULL && below(here);
}

/* Whether the change must fail, with errno set. `frees` is true of what a full disk allows. */
static int due(const char *what, const char *path, int frees) {
    long number = atomic_fetch_add(&seen, 1);
    if (mode == COUNT && journal >= 0) {
        char line[PATH_MAX + 32];
        int size = snprintf(line, sizeof line, "%s %s\n", what, path);
        if (REAL(write)(journal, line, size) < 0) abort();
    }
    if (number == at && mode == KILL) kill(getpid(), SIGKILL);
    if (number == at && mode == VANISH) {
        char gone[PATH_MAX + 8];
        snprintf(gone, sizeof gone, "%s.gone", prefix);
        REAL(rename)(prefix, gone);
    }
    if (mode == FULL && number >= at && !frees) { errno = ENOSPC; return 1; }
    if (mode == READ_ONLY && number >= at) { errno = EROFS; return 1; }
    return 0;
}

/* A write that is killed has written half of its bytes. */
static int torn(int fd) {
    return mode == KILL && watched_fd(fd) && atomic_load(&seen) == at;
}

#define ON_PATH(folder, path, what, frees) \
    if (mode != OFF && watched(folder, path) && due(what, path, frees)) return -1;
#define ON_FD(fd, what) \
    if (mode != OFF && watched_fd(fd) && due(what, "", 0)) return -1;
#define CHANGES(flags) ((flags) & (O_CREAT | O_TRUNC))

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        mode_t bits = 0; \
        if (flags & (O_CREAT | O_TMPFILE)) { va_list l; va_start(l, flags); bits = va_arg(l, mode_t); va_end(l); } \
        if (CHANGES(flags)) ON_PATH(AT_FDCWD, path, "open", 0) \
        return REAL(name)(path, flags, bits); \
    }
#define OPENAT(name) \
    int name(int folder, const char *path, int flags, ...) { \
        mode_t bits = 0; \
        if (flags & (O_CREAT | O_TMPFILE)) { va_list l; va_start(l, flags); bits = va_arg(l, mode_t); va_end(l); } \
        if (CHANGES(flags)) ON_PATH(folder, path, "open", 0) \
        return REAL(name)(folder, path, flags, bits); \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

int mkdir(const char *path, mode_t bits) {
    ON_PATH(AT_FDCWD, path, "mkdir", 0)
    return REAL(mkdir)(path, bits);
}
int mkdirat(int folder, const char *path, mode_t bits) {
    ON_PATH(folder, path, "mkdir", 0)
    return REAL(mkdirat)(folder, path, bits);
}
int rename(const char *from, const char *to) {
    ON_PATH(AT_FDCWD, to, "rename", 1)
    return REAL(rename)(from, to);
}
int renameat(int a, const char *from, int b, const char *to) {
    ON_PATH(b, to, "rename", 1)
    return REAL(renameat)(a, from, b, to);
}
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
    ON_PATH(b, to, "exchange", 1)
    return REAL(renameat2)(a, from, b, to, flags);
}
int link(const char *from, const char *to) {
    ON_PATH(AT_FDCWD, to, "link", 0)
    return REAL(link)(from, to);
}
int unlink(const char *path) {
    ON_PATH(AT_FDCWD, path, "unlink", 1)
    return REAL(unlink)(path);
}
int unlinkat(int folder, const char *path, int flags) {
    ON_PATH(folder, path, "unlink", 1)
    return REAL(unlinkat)(folder, path, flags);
}
int rmdir(const char *path) {
    ON_PATH(AT_FDCWD, path, "rmdir", 1)
    return REAL(rmdir)(path);
}
int chmod(const char *path, mode_t bits) {
    ON_PATH(AT_FDCWD, path, "chmod", 1)
    return REAL(chmod)(path, bits);
}
int fsync(int fd) {
    ON_FD(fd, "fsync")
    return REAL(fsync)(fd);
}
int ftruncate(int fd, off_t size) {
    ON_FD(fd, "truncate")
    return REAL(ftruncate)(fd, size);
}
int ftruncate64(int fd, off64_t size) {
    ON_FD(fd, "truncate")
    return REAL(ftruncate64)(fd, size);
}
ssize_t write(int fd, const void *bytes, size_t size) {
    if (torn(fd) && REAL(write)(fd, bytes, size / 2) < 0) abort();
    ON_FD(fd, "write")
    return REAL(write)(fd, bytes, size);
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    ON_FD(fd, "write")
    return REAL(writev)(fd, parts, count);
}
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t where) {
    if (torn(fd) && REAL(pwrite)(fd, bytes, size / 2, where) < 0) abort();
    ON_FD(fd, "write")
    return REAL(pwrite)(fd, bytes, size, where);
}
ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t where) {
    if (torn(fd) && REAL(pwrite64)(fd, bytes, size / 2, where) < 0) abort();
    ON_FD(fd, "write")
    return REAL(pwrite64)(fd, bytes, size, where);
}
