#define TOML_IMPLEMENTATION
#include "sim/files/toml.h"
