#ifndef KH_VERSION_H
#define KH_VERSION_H

/* Defined by the build, from the file VERSION. */
#ifndef KH_VERSION
#define KH_VERSION "0.0.0-dev"
#endif

#endif
