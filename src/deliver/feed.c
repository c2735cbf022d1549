#include "deliver/feed.h"

enum { PIECE_MAX = 1 << 20 };

void feed_init(struct feed *feed, const struct deliver_program *program)
{
    *feed = (struct feed){.program = program};
}

static int take(struct feed *feed, struct span *piece, struct err *err)
{
    const struct deliver_program *program = feed->program;
    const struct message_range *range = &program->range;

    if (!program->message) {
        *piece = span_from(program->text, feed->at);
        if (piece->n > PIECE_MAX)
            piece->n = PIECE_MAX;
        if (program->rest)
            program->rest(program->rest_ctx);
        return 0;
    }
    if (feed->at >= range->n) {
        *piece = SPAN_NULL;
        return 0;
    }
    return message_read_at(program->message, range->from + feed->at, range->n - feed->at, piece, err);
}

static bool needs_newline(const struct feed *feed)
{
    if (feed->program->raw || feed->newline_given)
        return false;
    return feed->at < 2 || feed->tail[0] != '\n' || feed->tail[1] != '\n';
}

int feed_next(struct feed *feed, struct span *piece, struct err *err)
{
    if (take(feed, piece, err))
        return -1;
    if (!piece->n && needs_newline(feed)) {
        feed->newline_given = true;
        *piece = span_of("\n");
        return 0;
    }
    for (size_t i = piece->n > 2 ? piece->n - 2 : 0; i < piece->n; i++) {
        feed->tail[0] = feed->tail[1];
        feed->tail[1] = piece->p[i];
    }
    feed->at += piece->n;
    return 0;
}

size_t feed_given(const struct feed *feed)
{
    return feed->at + feed->newline_given;
}
