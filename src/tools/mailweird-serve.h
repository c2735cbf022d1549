/*
 * What a configuration says, in the words of those who carry it out: accounts as serve asks them, and what
 * the processes are given.
 */
#ifndef MAILWEIR_TOOLS_MAILWEIRD_SERVE_H
#define MAILWEIR_TOOLS_MAILWEIRD_SERVE_H

#include <stdbool.h>

#include "serve/conf.h"

/* Serves until it is told to end, in the background where asked; an exit status. */
int mailweird_serve(const struct conf *conf, bool daemon);

/* Speaks with descriptors 0 and 1; an exit status. */
int mailweird_stdio(const struct conf *conf); /* POP3 */

#endif
