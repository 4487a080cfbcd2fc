/* A properties file for the MultiLangDaemon, with which it runs this executable as its record processor. */
#ifndef KH_DAEMON_PROPERTIES_H
#define KH_DAEMON_PROPERTIES_H

#include "edge/consumer.h"

/* Prints it. Returns the exit code. */
int kh_daemon_properties(const struct kh_options *options, const struct kh_consumer *consumer);

#endif
