/* The kernel's part of a wall. */
#ifndef MAILWEIR_SERVE_WALL_PRIVATE_H
#define MAILWEIR_SERVE_WALL_PRIVATE_H

void wall_deny_files(void); /* as far as this kernel can */
int wall_filter(void);

#endif
