#include <criterion/criterion.h>

#include "deliver/abstract.h"

static const struct {
    const char *title, *message, *folder, *abstract;
} cases[] = {
    {"all three lines", "From a  Tue\nSubject: tea\n  folded\n\nb\n", "mbox",
     "From a  Tue\n Subject: tea\n  Folder: mbox\t\t\t\t\t\t\t\t     42\n"},
    {"no From_ line", "Subject: tea\n\n", "mbox", " Subject: tea\n  Folder: mbox\t\t\t\t\t\t\t\t     42\n"},
    {"neither", "X: y\n\nSubject: no\n", "mbox", "  Folder: mbox\t\t\t\t\t\t\t\t     42\n"},
    {"any case, tabs and CR are blanks", "sUBJECT:\ta\tb\r\n\n", "mbox",
     " sUBJECT: a b \n  Folder: mbox\t\t\t\t\t\t\t\t     42\n"},
    {"a long subject is cut",
     "Subject: 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567\n\n", "x",
     " Subject: 012345678901234567890123456789012345678901234567890123456789012345678\n"
     "  Folder: x\t\t\t\t\t\t\t\t     42\n"},
    {"a long folder is cut", "\n", "0123456789012345678901234567890123456789012345678901234567890123456789",
     "  Folder: 012345678901234567890123456789012345678901234567890123456789\t     42\n"},
};

Test(abstract, is_that_of_3_22)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct message_builder *builder = message_builder_new();
        struct message *message;
        struct buf out;

        buf_init(&out, BUF_UNLIMITED);
        message_builder_add(builder, span_of(cases[i].message), NULL);
        message = message_builder_finish(builder, false, NULL);
        abstract_print(message, cases[i].folder, 42, &out);
        cr_expect_str_eq(out.p, cases[i].abstract, "%s: got\n%s", cases[i].title, out.p);
        message_free(message);
        buf_free(&out);
    }
}
