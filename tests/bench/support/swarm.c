/* A load client that costs little: thousands of WebSockets in one process, poses encoded and masked beforehand.
 *
 *   swarm PLAN PORT HZ JOINS_PER_SECOND SETTLE_SECONDS WINDOW_SECONDS SERVER_PID [colyseus]
 *
 * PLAN (see plan.py) is a row of chunks, each a u16 length (little-endian) and its bytes: per avatar the upgrade request,
 * the `hello` frame, and its poses up to an empty chunk. Poses are played there and back again, HZ a second for each
 * avatar, spread evenly over the period. Sequence and time of a pose are written through its mask as it goes out.
 * With `colyseus` the avatars speak that server's protocol, where a pose has neither; the plan's second chunk is then
 * the answer to the server's greeting.
 *
 * Says `joined N` while avatars join, `begin` and `end` around the measured window, then a JSON object.
 * A session that is lost is counted and not replaced.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_EVENTS = 1024,
    READ_BYTES = 1 << 18,
    /* Avatars that wait for their welcome at a time: fewer than any backlog of a listening socket. */
    JOINING_MAX = 64,
    SIZES = 1 << 14,
    REASON_BYTES = 128,
    KIND_WELCOME = 0x81,
    KIND_EVENT = 0x82,
    KIND_SNAPSHOT = 0x90,
    COLYSEUS_JOIN_ROOM = 10,
    COLYSEUS_ROOM_STATE = 14,
    COLYSEUS_ROOM_STATE_PATCH = 15,
    OPCODE_BINARY = 0x2,
    OPCODE_CLOSE = 0x8,
    OPCODE_PING = 0x9,
    ACK_EVENTS = 16,
};

/* SPEC section 6 wants an acknowledgement at least every second. */
static const int64_t ACK_NS = 500 * 1000 * 1000;
static const int64_t SECOND_NS = 1000 * 1000 * 1000;
static const int64_t TURN_NS = 1000 * 1000;
static const double PATIENCE_SECONDS = 30;
/* Of the frames that are not encoded beforehand; any key will do. */
static const uint8_t MASK[4] = {0x37, 0xfa, 0x21, 0x3d};

typedef struct {
    const uint8_t *data;
    uint16_t size;
} Chunk;

typedef enum { AWAY, UPGRADING, JOINING, LIVE, LOST } Phase;

typedef struct {
    int fd;
    Phase phase;
    Chunk upgrade, hello;
    uint8_t **poses;
    int pose_count, pose_at, direction;
    uint16_t sequence;
    uint32_t events, acknowledged;
    int64_t acknowledged_ns;
    uint8_t *tail; /* the beginning of a frame that has not come whole */
    size_t tail_size;
    uint64_t frames;
} Avatar;

static Avatar *avatars;
static int count, joining, live, lost;
static uint8_t incoming[READ_BYTES + (1 << 20)];
static struct sockaddr_in server;
static int epoll;
/* Server clock less ours, ms. */
static uint32_t clock_offset;
static int measuring, speaks_colyseus;
static uint64_t frames, snapshot_bytes, messages, poses, poses_skipped, sizes[SIZES];
static char first_loss[REASON_BYTES];

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * SECOND_NS + now.tv_nsec;
}

static void fail(const char *what)
{
    fprintf(stderr, "swarm: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void *must(void *memory)
{
    if (memory == NULL)
        fail("memory");
    return memory;
}

/* ---- the plan --------------------------------------------------------------------------------------------------- */

static const uint8_t *read_plan(const char *path, const uint8_t **end)
{
    struct stat about;
    FILE *file = fopen(path, "rb");
    if (file == NULL || fstat(fileno(file), &about) < 0)
        fail(path);
    uint8_t *data = must(malloc(about.st_size));
    if (fread(data, 1, about.st_size, file) != (size_t)about.st_size)
        fail(path);
    fclose(file);
    *end = data + about.st_size;
    return data;
}

static Chunk next_chunk(const uint8_t **at, const uint8_t *end)
{
    Chunk chunk;
    errno = EINVAL;
    if (end - *at < 2)
        fail("the plan is cut off");
    memcpy(&chunk.size, *at, 2);
    chunk.data = *at + 2;
    if (end - chunk.data < chunk.size)
        fail("the plan is cut off");
    *at = chunk.data + chunk.size;
    return chunk;
}

static void take_plan(const char *path)
{
    const uint8_t *end, *at = read_plan(path, &end);
    int room = 0;
    while (at < end) {
        if (count == room) {
            room = room ? 2 * room : 256;
            avatars = must(realloc(avatars, room * sizeof *avatars));
        }
        Avatar *avatar = &avatars[count++];
        memset(avatar, 0, sizeof *avatar);
        avatar->direction = 1;
        avatar->upgrade = next_chunk(&at, end);
        avatar->hello = next_chunk(&at, end);
        int capacity = 0;
        for (Chunk pose = next_chunk(&at, end); pose.size; pose = next_chunk(&at, end)) {
            if (avatar->pose_count == capacity) {
                capacity = capacity ? 2 * capacity : 64;
                avatar->poses = must(realloc(avatar->poses, capacity * sizeof *avatar->poses));
            }
            avatar->poses[avatar->pose_count++] = (uint8_t *)pose.data;
        }
        if (avatar->pose_count == 0)
            fail("an avatar without poses");
    }
}

/* ---- going out -------------------------------------------------------------------------------------------------- */

static void lose(Avatar *avatar, const char *reason)
{
    if (avatar->phase == UPGRADING || avatar->phase == JOINING)
        joining--;
    if (avatar->phase == LIVE)
        live--;
    avatar->phase = LOST;
    close(avatar->fd);
    if (lost++ == 0)
        snprintf(first_loss, sizeof first_loss, "%s", reason);
}

/* 1 if it went out whole, 0 if the socket took nothing. A part of a frame could only be mended by a queue. */
static int write_all(Avatar *avatar, const uint8_t *data, size_t size)
{
    ssize_t sent = send(avatar->fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent == (ssize_t)size)
        return 1;
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return 0;
    lose(avatar, sent < 0 ? strerror(errno) : "a frame was taken in part");
    return 0;
}

static size_t write_control(uint8_t *out, uint8_t first, const uint8_t *payload, uint8_t size)
{
    out[0] = first;
    out[1] = 0x80 | size;
    memcpy(out + 2, MASK, 4);
    for (int i = 0; i < size; i++)
        out[6 + i] = payload[i] ^ MASK[i % 4];
    return 6 + size;
}

static void acknowledge(Avatar *avatar, int64_t now)
{
    uint8_t frame[32];
    /* Kind and {"event": u32} in msgpack. */
    uint8_t body[13] = {0x03, 0x81, 0xa5, 'e', 'v', 'e', 'n', 't', 0xce};
    uint32_t number = htonl(avatar->events);
    memcpy(body + 9, &number, 4);
    if (write_all(avatar, frame, write_control(frame, 0x80 | OPCODE_BINARY, body, sizeof body))) {
        avatar->acknowledged = avatar->events;
        avatar->acknowledged_ns = now;
    }
}

/* A pose of fewer than 126 bytes has its mask at 2 and its payload at 6; a longer one 2 bytes later. */
static size_t stamp(uint8_t *frame, uint16_t sequence, uint32_t sampled_at)
{
    size_t size = frame[1] & 0x7f, header = 2;
    if (size == 126) {
        size = frame[2] << 8 | frame[3];
        header = 4;
    }
    if (speaks_colyseus)
        return header + 4 + size;
    const uint8_t *mask = frame + header;
    uint8_t *payload = frame + header + 4;
    payload[2] = mask[2] ^ (uint8_t)sequence;
    payload[3] = mask[3] ^ (uint8_t)(sequence >> 8);
    for (int i = 0; i < 4; i++)
        payload[4 + i] = mask[i] ^ (uint8_t)(sampled_at >> (8 * i));
    return header + 4 + size;
}

static void send_pose(Avatar *avatar, int64_t now)
{
    uint8_t *frame = avatar->poses[avatar->pose_at];
    size_t size = stamp(frame, ++avatar->sequence, clock_offset + (uint32_t)(now / 1000000));
    if (avatar->pose_at + avatar->direction < 0 || avatar->pose_at + avatar->direction == avatar->pose_count)
        avatar->direction = -avatar->direction;
    if (avatar->pose_count > 1)
        avatar->pose_at += avatar->direction;
    if (!write_all(avatar, frame, size))
        poses_skipped += measuring;
    else
        poses += measuring;
    if (avatar->phase == LIVE && avatar->events != avatar->acknowledged
        && (avatar->events - avatar->acknowledged >= ACK_EVENTS || now - avatar->acknowledged_ns >= ACK_NS))
        acknowledge(avatar, now);
}

/* ---- coming in -------------------------------------------------------------------------------------------------- */

static uint32_t big_endian(const uint8_t *data, int bytes)
{
    uint32_t value = 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | data[i];
    return value;
}

/* Past one msgpack value, and for an integer that is not negative its lowest 32 bits; NULL when it is cut off. */
static const uint8_t *skip(const uint8_t *at, const uint8_t *end, uint32_t *number)
{
    /* From 0xc4 on: bytes of the length or value, and what they tell: 0 a value, 1 a length, 2 pairs, 3 items. */
    static const uint8_t BYTES[] = {1, 2, 4, 0, 0, 0, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 0, 0, 0, 0, 0, 1, 2, 4, 2, 4, 2, 4};
    static const uint8_t MEANS[] = {1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 3, 3, 2, 2};
    if (at >= end)
        return NULL;
    uint8_t first = *at++;
    uint64_t items = 0, bytes = 0;
    *number = first;
    if (first >= 0x80 && first < 0x90)
        items = 2 * (first & 0x0f);
    else if (first >= 0x90 && first < 0xa0)
        items = first & 0x0f;
    else if (first >= 0xa0 && first < 0xc0)
        bytes = first & 0x1f;
    else if (first >= 0xc4 && first < 0xe0) {
        int width = BYTES[first - 0xc4], means = MEANS[first - 0xc4];
        if (end - at < width)
            return NULL;
        int low = width > 4 ? 4 : width;
        *number = big_endian(at + width - low, low);
        at += width;
        bytes = means == 1 ? *number : 0;
        items = means == 2 ? 2 * (uint64_t)*number : means == 3 ? *number : 0;
    }
    if ((uint64_t)(end - at) < bytes)
        return NULL;
    at += bytes;
    uint32_t ignored;
    while (at != NULL && items-- > 0)
        at = skip(at, end, &ignored);
    return at;
}

/* The server's clock in a welcome. */
static int find_time(const uint8_t *body, const uint8_t *end, uint32_t *time)
{
    uint32_t ignored;
    /* A map of fewer than 16 keys. */
    for (const uint8_t *at = body + 1; at != NULL && at < end; at = skip(at, end, &ignored)) {
        int wanted = end - at > 5 && memcmp(at, "\xa4time", 5) == 0;
        at = skip(at, end, &ignored);
        if (wanted)
            return skip(at, end, time) != NULL;
    }
    return 0;
}

static void count_frame(Avatar *avatar, size_t size)
{
    avatar->frames += measuring;
    frames += measuring;
    snapshot_bytes += measuring ? size : 0;
    sizes[size < SIZES ? size : SIZES - 1] += measuring;
}

static void become_live(Avatar *avatar)
{
    avatar->phase = LIVE;
    joining--;
    live++;
}

/* The server greets, is answered, sends the whole state once and its changes from then on. */
static void take_colyseus_message(Avatar *avatar, const uint8_t *data, size_t size)
{
    if (data[0] == COLYSEUS_ROOM_STATE_PATCH) {
        count_frame(avatar, size);
        return;
    }
    messages += measuring;
    if (data[0] == COLYSEUS_JOIN_ROOM && avatar->phase == JOINING)
        write_all(avatar, avatar->hello.data, avatar->hello.size);
    else if (data[0] == COLYSEUS_ROOM_STATE && avatar->phase == JOINING)
        become_live(avatar);
    else
        lose(avatar, "a message that was not expected");
}

static void take_message(Avatar *avatar, const uint8_t *data, size_t size)
{
    uint32_t time;
    if (data[0] == KIND_SNAPSHOT) {
        count_frame(avatar, size);
        return;
    }
    messages += measuring;
    if (data[0] == KIND_EVENT)
        /* Events of a session are numbered from 1 on, without a gap. */
        avatar->events++;
    if (data[0] != KIND_WELCOME || avatar->phase != JOINING)
        return;
    if (!find_time(data + 1, data + size, &time)) {
        lose(avatar, "a welcome without a time");
        return;
    }
    clock_offset = time - (uint32_t)(now_ns() / 1000000);
    become_live(avatar);
}

static void take_frame(Avatar *avatar, int opcode, const uint8_t *payload, size_t size)
{
    uint8_t pong[140];
    char reason[REASON_BYTES];
    if (opcode == OPCODE_BINARY && size > 0 && speaks_colyseus)
        take_colyseus_message(avatar, payload, size);
    else if (opcode == OPCODE_BINARY && size > 0)
        take_message(avatar, payload, size);
    else if (opcode == OPCODE_PING && size < 126)
        write_all(avatar, pong, write_control(pong, 0x8a, payload, (uint8_t)size));
    else if (opcode == OPCODE_CLOSE && size >= 2) {
        snprintf(reason, sizeof reason, "closed with %u", payload[0] << 8 | payload[1]);
        lose(avatar, reason);
    } else
        lose(avatar, "a frame that no server sends");
}

/* Bytes of the whole frames at the beginning of `data`. */
static size_t take_frames(Avatar *avatar, const uint8_t *data, size_t size)
{
    size_t used = 0;
    while (avatar->phase != LOST && size - used >= 2) {
        const uint8_t *frame = data + used;
        size_t length = frame[1] & 0x7f, header = length == 126 ? 4 : length == 127 ? 10 : 2;
        if (size - used < header)
            break;
        if (length >= 126)
            length = header == 4 ? big_endian(frame + 2, 2) : big_endian(frame + 6, 4);
        if (size - used < header + length)
            break;
        take_frame(avatar, frame[0] & 0x0f, frame + header, length);
        used += header + length;
    }
    return used;
}

static size_t take_upgrade(Avatar *avatar, const uint8_t *data, size_t size)
{
    const uint8_t *end = memmem(data, size, "\r\n\r\n", 4);
    if (end == NULL)
        return 0;
    if (memcmp(data, "HTTP/1.1 101", 12) != 0) {
        lose(avatar, "the upgrade was refused");
        return size;
    }
    avatar->phase = JOINING;
    if (!speaks_colyseus)
        write_all(avatar, avatar->hello.data, avatar->hello.size);
    return end + 4 - data;
}

/* Edge-triggered: a read that does not fill the buffer has emptied the socket. */
static void take_bytes(Avatar *avatar)
{
    ssize_t got;
    do {
        size_t kept = avatar->tail_size;
        if (kept)
            memcpy(incoming, avatar->tail, kept);
        got = recv(avatar->fd, incoming + kept, READ_BYTES, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        if (got <= 0) {
            lose(avatar, got < 0 ? strerror(errno) : "the server hung up");
            return;
        }
        size_t size = kept + got, used = 0;
        if (avatar->phase == UPGRADING)
            used = take_upgrade(avatar, incoming, size);
        if (avatar->phase == JOINING || avatar->phase == LIVE)
            used += take_frames(avatar, incoming + used, size - used);
        if (avatar->phase == LOST)
            return;
        if (size - used > sizeof incoming - READ_BYTES) {
            lose(avatar, "a frame beyond all bounds");
            return;
        }
        avatar->tail_size = size - used;
        if (avatar->tail_size) {
            avatar->tail = must(realloc(avatar->tail, avatar->tail_size));
            memcpy(avatar->tail, incoming + used, avatar->tail_size);
        }
    } while (got == READ_BYTES);
}

/* ---- the whole of it -------------------------------------------------------------------------------------------- */

static void arrive(Avatar *avatar)
{
    int on = 1;
    struct epoll_event event = {.events = EPOLLIN | EPOLLET | EPOLLRDHUP, .data.ptr = avatar};
    avatar->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (avatar->fd < 0)
        fail("socket");
    if (connect(avatar->fd, (struct sockaddr *)&server, sizeof server) < 0)
        fail("connect");
    setsockopt(avatar->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, avatar->fd, &event) < 0)
        fail("epoll_ctl");
    avatar->phase = UPGRADING;
    joining++;
    write_all(avatar, avatar->upgrade.data, avatar->upgrade.size);
}

static int common_divisor(int a, int b)
{
    return b == 0 ? a : common_divisor(b, a % b);
}

/* Sends the poses that are due, each avatar's at its own moment of the period. */
static void turn_wheel(double hz, int64_t began, int64_t now)
{
    static int64_t position;
    static int stride;
    if (stride == 0)
        /* By about the golden ratio: neighbours in the plan are none on the wheel, and whoever is there is spread out. */
        for (stride = (int)(count * 0.6180339887498949) | 1; common_divisor(stride, count) != 1;)
            stride++;
    int64_t due = (int64_t)((now - began) * 1e-9 * hz * count);
    if (due - position > count)
        position = due - count;
    for (; position < due; position++) {
        Avatar *avatar = &avatars[position % count * stride % count];
        if (avatar->phase == LIVE)
            send_pose(avatar, now);
    }
}

static void turn(double hz, int64_t began)
{
    struct epoll_event events[MAX_EVENTS];
    struct timespec pause = {.tv_nsec = TURN_NS};
    turn_wheel(hz, began, now_ns());
    int ready;
    do {
        ready = epoll_wait(epoll, events, MAX_EVENTS, 0);
        for (int i = 0; i < ready; i++) {
            Avatar *avatar = events[i].data.ptr;
            if (avatar->phase != LOST)
                take_bytes(avatar);
        }
    } while (ready == MAX_EVENTS);
    /* Asleep rather than waiting for the sockets: frames come in heaps, and nobody has to wake us for each. */
    nanosleep(&pause, NULL);
}

static void let_all_in(double hz, double joins, int64_t began)
{
    int64_t said = began;
    int arrived = 0;
    while (live + lost < count) {
        int64_t now = now_ns();
        while (arrived < count && joining < JOINING_MAX && arrived < (now - began) * 1e-9 * joins)
            arrive(&avatars[arrived++]);
        turn(hz, began);
        if (now - said > SECOND_NS / 2) {
            said = now;
            printf("joined %d\n", live);
            fflush(stdout);
        }
        if (lost || now - began > (count / joins + PATIENCE_SECONDS) * SECOND_NS)
            return;
    }
    printf("joined %d\n", live);
    fflush(stdout);
}

static void run_for(double hz, int64_t began, double seconds)
{
    int64_t ends = now_ns() + (int64_t)(seconds * 1e9);
    while (now_ns() < ends)
        turn(hz, began);
}

static double own_cpu(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

/* User and system time of a process, s: fields 14 and 15 of its stat, after a name that may hold anything. */
static void cpu_of(const char *pid, double *user, double *system)
{
    char path[64], text[1024];
    unsigned long user_ticks, system_ticks;
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        fail(path);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    const char *rest = strrchr(text, ')');
    if (rest == NULL || sscanf(rest, ") %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lu %lu", &user_ticks, &system_ticks) != 2)
        fail(path);
    *user = (double)user_ticks / sysconf(_SC_CLK_TCK);
    *system = (double)system_ticks / sysconf(_SC_CLK_TCK);
}

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void report(double seconds, double cpu, double server_user, double server_system)
{
    uint64_t *each = must(calloc(count, sizeof *each));
    for (int i = 0; i < count; i++)
        each[i] = avatars[i].frames;
    qsort(each, count, sizeof *each, by_size);
    printf("{\"avatars\": %d, \"live\": %d, \"lost\": %d, \"first_loss\": \"%s\", \"seconds\": %.6f, ", count, live, lost,
           first_loss, seconds);
    printf("\"frames\": %lu, \"frames_least\": %lu, \"frames_median\": %lu, \"snapshot_bytes\": %lu, ", frames, each[0],
           each[count / 2], snapshot_bytes);
    printf("\"messages\": %lu, \"poses\": %lu, \"poses_skipped\": %lu, \"cpu_seconds\": %.6f, ", messages, poses,
           poses_skipped, cpu);
    printf("\"server_user_seconds\": %.2f, \"server_system_seconds\": %.2f, \"sizes\": [", server_user, server_system);
    const char *comma = "";
    for (int size = 0; size < SIZES; size++)
        if (sizes[size]) {
            printf("%s[%d, %lu]", comma, size, sizes[size]);
            comma = ", ";
        }
    printf("]}\n");
    free(each);
}

static void measure(double hz, int64_t began, double seconds, const char *pid)
{
    double user, system, user_after, system_after;
    printf("begin\n");
    fflush(stdout);
    cpu_of(pid, &user, &system);
    double cpu = own_cpu();
    int64_t since = now_ns();
    measuring = 1;
    run_for(hz, began, seconds);
    measuring = 0;
    double took = (now_ns() - since) * 1e-9;
    cpu = own_cpu() - cpu;
    cpu_of(pid, &user_after, &system_after);
    printf("end\n");
    report(took, cpu, user_after - user, system_after - system);
}

int main(int argument_count, char **arguments)
{
    struct rlimit files;
    speaks_colyseus = argument_count == 9 && strcmp(arguments[8], "colyseus") == 0;
    if (argument_count != 8 + speaks_colyseus) {
        fprintf(stderr, "swarm PLAN PORT HZ JOINS_PER_SECOND SETTLE_SECONDS WINDOW_SECONDS SERVER_PID [colyseus]\n");
        return 2;
    }
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    take_plan(arguments[1]);
    server.sin_family = AF_INET;
    server.sin_port = htons((uint16_t)atoi(arguments[2]));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0)
        fail("epoll");
    double hz = atof(arguments[3]);
    int64_t began = now_ns();
    let_all_in(hz, atof(arguments[4]), began);
    run_for(hz, began, atof(arguments[5]));
    measure(hz, began, atof(arguments[6]), arguments[7]);
    return 0;
}
