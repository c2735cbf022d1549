#include "trace/trace.h"

void trace_add_reader(struct trace *trace, struct trace_reader *reader)
{
    reader->next = trace->readers;
    trace->readers = reader;
    trace->details = trace->details || reader->details;
}

void trace_emit(struct trace *trace, const struct trace_event *event)
{
    for (struct trace_reader *reader = trace->readers; reader; reader = reader->next)
        if (event->kind < TRACE_RECIPE || reader->details)
            reader->take(reader, event, &trace->place);
}

void trace_say(struct trace *trace, enum trace_kind kind, struct span text)
{
    trace_emit(trace, &(struct trace_event){.kind = kind, .text = text});
}

void trace_say_text(struct trace *trace, enum trace_kind kind, const char *text)
{
    trace_say(trace, kind, span_of(text));
}
