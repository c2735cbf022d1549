#include "fuzz/mbox-reader.h"

bool mbox_reader_begins(struct span file, size_t at)
{
    if (!span_starts(span_from(file, at), "From "))
        return false;
    return at == 0 || (file.p[at - 1] == '\n' && (at == 1 || file.p[at - 2] == '\n'));
}

size_t mbox_reader_count(struct span file)
{
    size_t count = 0;

    for (size_t at = 0; at < file.n; at++)
        count += mbox_reader_begins(file, at);
    return count;
}
