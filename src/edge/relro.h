/* The last step of loading a program, which nobody takes for one that needs no loader. */
#ifndef KH_RELRO_H
#define KH_RELRO_H

/*
 * Makes the tables of pointers that were relocated at the start read-only, as the linker meant them to
 * be. The dynamic loader does that; musl's start of a static executable does not. Harmless when it is
 * done already.
 */
void kh_protect_relocated(void);

#endif
