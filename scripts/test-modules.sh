# Sourced by the scripts that fetch kernels: the modules that test/vm needs beside a kernel, inserted in this order,
# each after what it depends on. A kernel in the cache that was fetched for another list is fetched anew.
# shellcheck shell=bash

test_modules='veth tun sch_netem sch_tbf bridge 8021q vhost_net'

# The list stands beside the modules, so that it is known what they were collected for.
has_test_modules() { # FOLDER of the kernel
  [ "$(cat "$1/module-list" 2>/dev/null)" = "$test_modules" ]
}
