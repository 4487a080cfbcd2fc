/*
 * Generated from schema/.
 * To change this file, edit the schema and build.
 */
#include "kh/main.h"

#include "service.h"

int main(int argc, char **argv)
{
    return kh_main(argc, argv, &service);
}
