/*
 * What the fuzzers share.  Each is one file with LLVMFuzzerTestOneInput(): it takes bytes apart,
 * gives them to a room, and checks what it gets by a second, simpler way of finding it.
 *
 * An input has parts, with a form feed between them; the last has all the rest.  So inputs can be
 * written and read by people.
 */
#ifndef MAILWEIR_FUZZ_FUZZ_H
#define MAILWEIR_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "message/message.h"

/* Called by libFuzzer, and by fuzz/replay.c; 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Ends the process and says where, when it is not so: a finding. */
#define CHECK(condition) fuzz_check((condition), __FILE__, __LINE__, #condition)
void fuzz_check(bool holds, const char *file, int line, const char *what);

/* The next byte, or part, which is then no more in *rest; 0, or empty, where there is none. */
unsigned char fuzz_byte(struct span *rest);
struct span fuzz_part(struct span *rest);

/* A copy with nothing but a newline before and behind it, as the rooms want it of what they search;
 * give it to fuzz_text_free(). */
struct span fuzz_text(struct span bytes);
void fuzz_text_free(struct span text);

/* NUL-terminated; free() it. */
char *fuzz_string(struct span bytes);

/* A message of these bytes, added to the builder by pieces of that size. */
struct message *fuzz_message(struct span bytes, size_t piece, bool berkeley);

/* The directory of the environment's FUZZ_SCRATCH becomes the present one: nothing is written
 * elsewhere. */
void fuzz_enter_scratch(void);

#endif
