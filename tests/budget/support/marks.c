/* Tells callgrind where what is counted begins and ends. */
#include <valgrind/callgrind.h>

void begin(void) {
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
}

void end(const char *step) {
    CALLGRIND_DUMP_STATS_AT(step);
    CALLGRIND_STOP_INSTRUMENTATION;
}
