/*
 * Generated from schema/migrations.
 * To change this file, edit the schema and build.
 */
#ifndef MIGRATIONS_H
#define MIGRATIONS_H

#include "kh/migration.h"

extern const struct kh_migrations migrations;

#endif
