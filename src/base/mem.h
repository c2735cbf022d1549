/*
 * Memory that is there or the process is not: lack of memory ends it with EX_TEMPFAIL, so
 * that mail stays queued.  Free with free().
 */
#ifndef MAILWEIR_BASE_MEM_H
#define MAILWEIR_BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t n);                 /* zeroed */
void *mem_alloc_array(size_t count, size_t size); /* zeroed, overflow checked */
void *mem_realloc(void *p, size_t n);
char *mem_strdup(const char *text);
char *mem_strndup(const char *p, size_t n); /* copies n bytes and adds a NUL */

#endif
