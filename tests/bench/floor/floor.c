/* The floor under a WebSocket server: what the sockets alone cost. No room, no interest, no encoding.
 *
 *   floor ANSWERS TICK_HZ
 *
 * ANSWERS is a row of chunks, each a u16 length (little-endian) and its bytes: the answer to an upgrade, the WebSocket
 * frame that answers the first message, and the sizes of what is sent at each tick, u16 each. Says `port N`, then serves
 * until it is killed: unmasks and reads what comes, and sends every live connection one frame a tick.
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
#include <time.h>
#include <unistd.h>

enum {
    MAX_EVENTS = 1024,
    CONNECTIONS = 20000,
    READ_BYTES = 65536,
    TAIL_BYTES = 4096,
    FRAME_BYTES = 65536 + 4,
    /* As the server under test sets them (core_ext/socket_port.pyx, server/gateway/listener.py). */
    SEND_BUFFER = 65536,
    RECEIVE_BUFFER = 65536,
    UNSENT_BYTES = 16384,
    BACKLOG = 1024,
};

static const int64_t SECOND_NS = 1000 * 1000 * 1000;

typedef enum { UPGRADING, CONNECTED, LIVE } Phase;

typedef struct {
    int fd;
    int index; /* among the connections that are open */
    Phase phase;
    uint16_t tail_size;
    uint8_t tail[TAIL_BYTES];
} Connection;

static Connection *connections[CONNECTIONS];
static int connection_count;
static uint8_t *upgrade, *welcome;
static uint16_t upgrade_size, welcome_size, *sizes;
static int size_count;
static uint8_t incoming[TAIL_BYTES + READ_BYTES], outgoing[FRAME_BYTES];
static volatile uint32_t touched;

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * SECOND_NS + now.tv_nsec;
}

static void fail(const char *what)
{
    fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
    exit(1);
}

static uint8_t *read_chunk(FILE *file, uint16_t *size)
{
    uint8_t *data;
    if (fread(size, 2, 1, file) != 1 || *size == 0 || (data = malloc(*size)) == NULL || fread(data, *size, 1, file) != 1)
        fail("the answers are cut off");
    return data;
}

static void take_answers(const char *path)
{
    uint16_t bytes;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail(path);
    upgrade = read_chunk(file, &upgrade_size);
    welcome = read_chunk(file, &welcome_size);
    sizes = (uint16_t *)read_chunk(file, &bytes);
    size_count = bytes / 2;
    fclose(file);
}

/* ---- connections ------------------------------------------------------------------------------------------------ */

static void drop(Connection *connection)
{
    connections[connection->index] = connections[--connection_count];
    connections[connection->index]->index = connection->index;
    close(connection->fd);
    free(connection);
}

static void accept_all(int listening, int epoll)
{
    int fd, on = 1, send_buffer = SEND_BUFFER, unsent = UNSENT_BYTES;
    while ((fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        Connection *connection = calloc(1, sizeof *connection);
        if (connection == NULL || connection_count == CONNECTIONS)
            fail("too many connections");
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
        setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
        connection->fd = fd;
        connection->index = connection_count;
        connections[connection_count++] = connection;
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
            fail("epoll_ctl");
    }
}

static void answer(Connection *connection, const uint8_t *data, uint16_t size, Phase phase)
{
    if (send(connection->fd, data, size, MSG_NOSIGNAL) != size)
        fail("an answer was not taken");
    connection->phase = phase;
}

static size_t take_frames(Connection *connection, uint8_t *data, size_t size)
{
    size_t used = 0;
    while (size - used >= 2) {
        uint8_t *frame = data + used;
        size_t length = frame[1] & 0x7f, header = 6;
        if (length == 126) {
            if (size - used < 4)
                break;
            length = frame[2] << 8 | frame[3];
            header = 8;
        }
        if (size - used < header + length)
            break;
        const uint8_t *mask = frame + header - 4;
        uint8_t *payload = frame + header;
        uint32_t sum = 0;
        for (size_t i = 0; i < length; i++) {
            payload[i] ^= mask[i % 4];
            sum += payload[i];
        }
        touched += sum;
        if (connection->phase == CONNECTED)
            answer(connection, welcome, welcome_size, LIVE);
        used += header + length;
    }
    return used;
}

/* One read for each readiness: epoll is level-triggered and tells of the rest. */
static void take_bytes(Connection *connection)
{
    size_t kept = connection->tail_size, used = 0;
    memcpy(incoming, connection->tail, kept);
    ssize_t got = recv(connection->fd, incoming + kept, READ_BYTES, 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return;
    if (got <= 0) {
        drop(connection);
        return;
    }
    size_t size = kept + got;
    if (connection->phase == UPGRADING) {
        const uint8_t *end = memmem(incoming, size, "\r\n\r\n", 4);
        if (end != NULL) {
            used = end + 4 - incoming;
            answer(connection, upgrade, upgrade_size, CONNECTED);
        }
    } else
        used = take_frames(connection, incoming, size);
    if (size - used > TAIL_BYTES)
        fail("a frame longer than any of this load");
    connection->tail_size = (uint16_t)(size - used);
    memcpy(connection->tail, incoming + used, size - used);
}

/* ---- ticks ------------------------------------------------------------------------------------------------------ */

static void send_frame(int fd, uint16_t size)
{
    int header = size < 126 ? 2 : 4;
    /* The payload lies at 4 whatever its header. */
    uint8_t *frame = outgoing + 4 - header;
    frame[0] = 0x82;
    if (header == 2)
        frame[1] = (uint8_t)size;
    else {
        frame[1] = 126;
        frame[2] = (uint8_t)(size >> 8);
        frame[3] = (uint8_t)size;
    }
    ssize_t sent = send(fd, frame, header + size, MSG_NOSIGNAL);
    if (sent >= 0 && sent != header + size)
        fail("a frame was taken in part");
    /* What a full socket does not take is skipped, as the server under test does; a dead one is found by its read. */
}

static void tick(void)
{
    static unsigned turn;
    for (int i = 0; i < connection_count; i++)
        if (connections[i]->phase == LIVE)
            send_frame(connections[i]->fd, sizes[turn++ % size_count]);
}

static void serve(int listening, int epoll, int64_t period)
{
    struct epoll_event events[MAX_EVENTS];
    int64_t due = now_ns() + period;
    for (;;) {
        int64_t wait = due - now_ns();
        int ready = epoll_wait(epoll, events, MAX_EVENTS, wait > 0 ? (int)((wait + 999999) / 1000000) : 0);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.ptr == NULL)
                accept_all(listening, epoll);
            else
                take_bytes(events[i].data.ptr);
        }
        int64_t now = now_ns();
        if (now >= due) {
            tick();
            due += period;
            if (due < now)
                due = now + period;
        }
    }
}

int main(int argument_count, char **arguments)
{
    struct rlimit files;
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int receive_buffer = RECEIVE_BUFFER;
    if (argument_count != 3) {
        fprintf(stderr, "floor ANSWERS TICK_HZ\n");
        return 2;
    }
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    take_answers(arguments[1]);
    outgoing[4] = 0x90;
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    /* Connections inherit it. */
    setsockopt(listening, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listening < 0 || bind(listening, (struct sockaddr *)&address, size) < 0 || listen(listening, BACKLOG) < 0
        || getsockname(listening, (struct sockaddr *)&address, &size) < 0)
        fail("listen");
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listening, &event) < 0)
        fail("epoll");
    printf("port %d\n", ntohs(address.sin_port));
    fflush(stdout);
    serve(listening, epoll, (int64_t)(1e9 / atof(arguments[2])));
}
