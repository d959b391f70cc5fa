#pragma once

// The same work many times, side by side on threads.

#include <cstddef>
#include <functional>

namespace els_sim {

// How many processors this process may use: what the machine has, or what
// whoever has started the process has left it. At least 1.
std::size_t Processors();

// work(0), ..., work(count - 1), each once, begun in this order; returns when
// all are over. `on_done`, if not empty, is called after each, by one thread at
// a time. REQUIRES: threads > 0; `work` may run on many threads at once, and
// does not throw.
void ForEach(std::size_t count, std::size_t threads,
             const std::function<void(std::size_t)>& work,
             const std::function<void()>& on_done = nullptr);

}  // namespace els_sim
