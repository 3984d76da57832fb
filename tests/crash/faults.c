/* Makes writes and syncs of a node's data fail, and moves its clock, as the test says through a shared page. Loaded with LD_PRELOAD.
 *
 * FAULTS_PAGE names the file of the page: 64-bit numbers, see `struct page`. Only files whose path contains "/data/" count: the database with its
 * log and index, and the file store. Each call on them takes one from `countdown`; the one that reaches 0 fails with `error`, and with
 * `stays` all later ones too. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct page {
    _Atomic int64_t countdown; /* calls until one fails; 0 and less: none does */
    _Atomic int64_t error;     /* the errno */
    _Atomic int64_t stays;     /* whether all later calls fail as well */
    _Atomic int64_t fired;     /* how many have failed */
    _Atomic int64_t clock_s;   /* seconds to add to the time of day */
};

static struct page *page;

__attribute__((constructor)) static void open_page(void) {
    const char *name = getenv("FAULTS_PAGE");
    int fd = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) return;
    void *map = mmap(NULL, sizeof(struct page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (map != MAP_FAILED) page = map;
}

static int is_data(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, "/data/") != NULL;
}

/* Whether this call is to fail; errno is set then. */
static int fails(int fd) {
    if (!page || atomic_load(&page->countdown) <= 0) return 0;
    if (!is_data(fd)) return 0;
    int64_t left = atomic_fetch_sub(&page->countdown, 1) - 1;
    if (left > 0) return 0;
    /* The next one is the last as well. */
    if (atomic_load(&page->stays)) atomic_store(&page->countdown, 1);
    atomic_fetch_add(&page->fired, 1);
    errno = (int)atomic_load(&page->error);
    return 1;
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

ssize_t write(int fd, const void *bytes, size_t length) {
    REAL(ssize_t, "write", int, const void *, size_t);
    return fails(fd) ? -1 : real(fd, bytes, length);
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    return fails(fd) ? -1 : real(fd, bytes, length, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    return fails(fd) ? -1 : real(fd, bytes, length, at);
}
int fsync(int fd) {
    REAL(int, "fsync", int);
    return fails(fd) ? -1 : real(fd);
}
int fdatasync(int fd) {
    REAL(int, "fdatasync", int);
    return fails(fd) ? -1 : real(fd);
}
int ftruncate(int fd, off_t length) {
    REAL(int, "ftruncate", int, off_t);
    return fails(fd) ? -1 : real(fd, length);
}
int ftruncate64(int fd, off64_t length) {
    REAL(int, "ftruncate64", int, off64_t);
    return fails(fd) ? -1 : real(fd, length);
}
int clock_gettime(clockid_t clock, struct timespec *now) {
    REAL(int, "clock_gettime", clockid_t, struct timespec *);
    int result = real(clock, now);
    if (page && clock == CLOCK_REALTIME) now->tv_sec += atomic_load(&page->clock_s);
    return result;
}
