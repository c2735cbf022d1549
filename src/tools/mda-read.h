/*
 * The message as the MDA begins with it: with its From_ line made, renewed or kept.
 */
#ifndef MAILWEIR_TOOLS_MDA_READ_H
#define MAILWEIR_TOOLS_MDA_READ_H

#include "message/message.h"
#include "tools/mda-options.h"

/* Reads fd to its end.  Without -f and -d the bytes are taken as they are; `invoker` is the
 * sender of a From_ line that must be made and has no other. */
struct message *mda_read(int fd, const struct mda_options *options, const char *invoker, struct err *err);

#endif
