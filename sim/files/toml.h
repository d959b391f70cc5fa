#pragma once

// The TOML reader as els-sim uses it: without exceptions, and compiled once,
// in toml.cc. Every include goes through here, as all have to agree.

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_HEADER_ONLY 0
#include <toml++/impl/preprocessor.h>

// Version 3.3 takes for granted that a table's header begins with a key: "[="
// aborts a debug build and is undefined in others. What comes after handles it.
#undef TOML_ASSERT_ASSUME
#define TOML_ASSERT_ASSUME(condition) static_assert(true)

#include <toml++/toml.h>
