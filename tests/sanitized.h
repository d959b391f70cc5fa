#pragma once

namespace els {

// Whether a sanitizer watches this test, which then takes many times as long:
// time to do less of what only repeats itself.
#ifdef ELS_SANITIZED
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace els
