#include "serve/count.h"

#include <string.h>
#include <sys/mman.h>

/* Those of one name stand together; `labels` tells them apart.  mailweird(8) has this table, too. */
static const struct row {
    enum count which;
    const char *name, *labels, *type, *help;
} rows[] = {
    {COUNT_START, "mailweird_start_time_seconds", "", "gauge", "When the server was started"},
    {COUNT_CONNECTIONS, "mailweird_connections_total", "", "counter", "Connections that were taken"},
    {COUNT_CONNECTIONS_REFUSED, "mailweird_connections_refused_total", "", "counter",
     "Connections of addresses that had too many"},
    {COUNT_FRONTS, "mailweird_fronts", "", "gauge", "Connections that are not logged in, or in TLS"},
    {COUNT_SESSIONS_TOTAL, "mailweird_sessions_total", "", "counter", "Logins that got a session"},
    {COUNT_SESSIONS_REFUSED, "mailweird_sessions_refused_total", "{limit=\"sessions\"}", "counter",
     "Logins that were right and got none"},
    {COUNT_SESSIONS_REFUSED_ADDRESS, "mailweird_sessions_refused_total", "{limit=\"per-address\"}", "counter",
     ""},
    {COUNT_SESSIONS, "mailweird_sessions", "", "gauge", "Users who are logged in"},
    {COUNT_LOGINS_FAILED, "mailweird_logins_failed_total", "", "counter",
     "Logins with a wrong name or password"},
    {COUNT_RELOADS, "mailweird_reloads_total", "", "counter",
     "Configurations that were taken after the first"},
    {COUNT_RELOADS_FAILED, "mailweird_reloads_failed_total", "", "counter",
     "Configurations that were refused"},
    {COUNT_GATES_FAILED, "mailweird_processes_failed_total", "{kind=\"gate\"}", "counter",
     "Processes that ended as they should not"},
    {COUNT_FRONTS_FAILED, "mailweird_processes_failed_total", "{kind=\"front\"}", "counter", ""},
    {COUNT_AUTHS_FAILED, "mailweird_processes_failed_total", "{kind=\"auth\"}", "counter", ""},
    {COUNT_SESSIONS_FAILED, "mailweird_processes_failed_total", "{kind=\"session\"}", "counter", ""},
    {COUNT_STATISTICS_FAILED, "mailweird_processes_failed_total", "{kind=\"statistics\"}", "counter", ""},
};

struct counts *counts_new(struct err *err)
{
    struct counts *counts =
        mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (counts != MAP_FAILED)
        return counts;
    err_set_errno(err, ERR_TEMP, "there is no memory for statistics");
    return NULL;
}

void counts_forget(struct counts *counts)
{
    if (counts)
        munmap(counts, sizeof *counts);
}

void count_up(struct counts *counts, enum count which)
{
    atomic_fetch_add(&counts->n[which], 1);
}

void count_down(struct counts *counts, enum count which)
{
    atomic_fetch_sub(&counts->n[which], 1);
}

void count_set(struct counts *counts, enum count which, unsigned long long n)
{
    atomic_store(&counts->n[which], n);
}

void counts_print(const struct counts *counts, struct buf *to)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];

        if (i == 0 || strcmp(rows[i - 1].name, row->name) != 0)
            buf_printf(to, "# HELP %s %s\n# TYPE %s %s\n", row->name, row->help, row->name, row->type);
        buf_printf(to, "%s%s %llu\n", row->name, row->labels,
                   (unsigned long long)atomic_load(&counts->n[row->which]));
    }
}
