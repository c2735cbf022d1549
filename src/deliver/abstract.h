/*
 * The log abstract: the three lines that tell, for each message, who, what and where to.
 */
#ifndef MAILWEIR_DELIVER_ABSTRACT_H
#define MAILWEIR_DELIVER_ABSTRACT_H

#include "base/buf.h"
#include "message/message.h"

/* Appends `From …`, ` Subject: …` and `  Folder: …` with the size, as procmailrc(5) LOGABSTRACT and
 * mailstat(1) know them. */
void abstract_print(const struct message *message, const char *folder, size_t size, struct buf *to);

#endif
