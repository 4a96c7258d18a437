/* Preloaded into a server: records what it writes to its store and when it syncs, and fails when told to.

   CHAOS_RECORD names the record; each entry is a `struct entry`, then `length` bytes. CHAOS_FAIL names a file; while it
   is there, its text says what fails and how: "write" or "sync", and the number of the error. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct entry {
    uint8_t kind; /* w write, s sync, t truncate, f a sync that failed, e a write that failed */
    uint8_t file; /* d the database, l its log */
    uint16_t unused;
    uint32_t length;
    uint64_t offset;
    uint64_t nanoseconds; /* CLOCK_MONOTONIC, when it was done */
};

static uint8_t file_of(int fd) {
    char link[64], path[512];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 12) return 0;
    path[length] = 0;
    if (!strcmp(path + length - 12, ".sqlite3-wal")) return 'l';
    if (!strcmp(path + length - 8, ".sqlite3")) return 'd';
    return 0;
}

static void record(uint8_t kind, uint8_t file, uint64_t offset, const void *data, size_t length) {
    static int record_fd = -2;
    if (record_fd == -2) {
        const char *name = getenv("CHAOS_RECORD");
        record_fd = name ? (int)syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    }
    if (record_fd < 0) return;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    struct entry entry = {kind, file, 0, (uint32_t)length, offset, now.tv_sec * 1000000000ull + now.tv_nsec};
    struct iovec parts[2] = {{&entry, sizeof entry}, {(void *)data, length}};
    syscall(SYS_writev, record_fd, parts, 2);
}

static int fails(const char *what) {
    const char *name = getenv("CHAOS_FAIL");
    if (!name) return 0;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    char text[32] = {0}, kind[16];
    int number = 0;
    syscall(SYS_read, fd, text, sizeof text - 1);
    syscall(SYS_close, fd);
    return sscanf(text, "%15s %d", kind, &number) == 2 && !strcmp(kind, what) ? number : 0;
}

static ssize_t write_at(int fd, const void *data, size_t length, off64_t offset) {
    uint8_t file = file_of(fd);
    int error = file ? fails("write") : 0;
    if (error) {
        record('e', file, offset, 0, 0);
        errno = error;
        return -1;
    }
    ssize_t done = syscall(SYS_pwrite64, fd, data, length, offset);
    if (file && done > 0) record('w', file, offset, data, done);
    return done;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) { return write_at(fd, data, length, offset); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return write_at(fd, data, length, offset); }

static int sync_by(long call, int fd) {
    uint8_t file = file_of(fd);
    int error = file ? fails("sync") : 0;
    if (error) {
        record('f', file, 0, 0, 0);
        errno = error;
        return -1;
    }
    int done = (int)syscall(call, fd);
    if (file && !done) record('s', file, 0, 0, 0);
    return done;
}

int fsync(int fd) { return sync_by(SYS_fsync, fd); }
int fdatasync(int fd) { return sync_by(SYS_fdatasync, fd); }

static int truncate_to(int fd, off64_t length) {
    uint8_t file = file_of(fd);
    int done = (int)syscall(SYS_ftruncate, fd, length);
    if (file && !done) record('t', file, length, 0, 0);
    return done;
}

int ftruncate64(int fd, off64_t length) { return truncate_to(fd, length); }
int ftruncate(int fd, off_t length) { return truncate_to(fd, length); }
