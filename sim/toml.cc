#define TOML_IMPLEMENTATION
#include "sim/toml.h"
