/* mailweir-header: edits the header of the message on standard input. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "message/edit.h"
#include "message/message.h"

static const char usage[] = "usage: mailweir-header {del name | set field | add field | rename old new}...\n"
                            "       mailweir-header --help | --version\n";

static const char help[] =
    "\n"
    "Copies the message on standard input to standard output, with its header edited:\n"
    "one edit after the other, in the order given.\n"
    "\n"
    "  del name        remove all fields of that name\n"
    "  set field       put it in the place of those of its name, or at the end\n"
    "  add field       put it at the end, whatever there is\n"
    "  rename old new  give all fields of one name another\n"
    "\n"
    "A field is `Name: content`.  See mailweir-header(1).\n";

static int complain(enum edit_parsed parsed, const char *wrong)
{
    static const char *const texts[] = {
        [EDIT_UNKNOWN] = "there is no such edit",
        [EDIT_INCOMPLETE] = "something is missing behind this",
        [EDIT_NO_NAME] = "this is no name of a field",
        [EDIT_NO_FIELD] = "this is no field, `Name: content` with every further line indented",
    };

    fprintf(stderr, "mailweir-header: %s: '%s'\n", texts[parsed], wrong);
    fputs(usage, stderr);
    return EX_USAGE;
}

static int fail(const struct err *err, int status)
{
    fprintf(stderr, "mailweir-header: %s\n", err->text);
    return status;
}

static int read_header(const struct message *message, struct buf *header, struct err *err)
{
    struct span piece;

    while (header->n < message_head_size(message)) {
        if (message_read_at(message, header->n, message_head_size(message) - header->n, &piece, err))
            return -1;
        buf_add_span(header, piece);
    }
    return 0;
}

static int write_header(const struct edits *edits, struct span header, struct err *err)
{
    struct buf edited;
    int result;

    buf_init(&edited, BUF_UNLIMITED);
    edits_apply(edits, header, &edited);
    result = io_write(STDOUT_FILENO, edited.p, edited.n);
    buf_free(&edited);
    return result < 0 ? err_set_errno(err, ERR_TEMP, "cannot write") : 0;
}

static int copy(const struct edits *edits, const struct message *message, struct err *err)
{
    struct buf header;
    int result;

    buf_init(&header, BUF_UNLIMITED);
    result = read_header(message, &header, err);
    if (result == 0)
        result = write_header(edits, buf_span(&header), err);
    buf_free(&header);
    return result ? result : message_write(message, message_range(message, MESSAGE_BODY), STDOUT_FILENO, err);
}

static int run(const struct edits *edits)
{
    struct err err;
    struct message *message = message_read(STDIN_FILENO, true, &err);
    int result;

    if (!message)
        return fail(&err, EX_TEMPFAIL);
    result = copy(edits, message, &err);
    message_free(message);
    if (result == 0 && close(STDOUT_FILENO))
        result = err_set_errno(&err, ERR_TEMP, "cannot write");
    return result ? fail(&err, EX_IOERR) : 0;
}

static int print(const char *text, const char *more)
{
    return fputs(text, stdout) < 0 || fputs(more, stdout) < 0 || fflush(stdout) ? EX_IOERR : 0;
}

int main(int argc, char **argv)
{
    struct edits edits;
    enum edit_parsed parsed;
    const char *wrong;
    int status;

    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return print(usage, help);
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return print("mailweir-header " PACKAGE_VERSION, "\n");
    signal(SIGPIPE, SIG_IGN);
    parsed = edits_parse(&edits, (const char *const *)argv + 1, &wrong);
    status = parsed == EDIT_PARSED ? run(&edits) : complain(parsed, wrong);
    edits_free(&edits);
    return status;
}
