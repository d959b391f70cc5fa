#pragma once

// What is done about the limit on open files, which a proxy reaches first of
// all limits: each request in flight needs two of them.

#include <cstddef>
#include <string_view>

#include "examples/access_point/net.h"

namespace access_point {

// Whether something failed because this process, or the system, has no more of
// something. No peer is to blame for it.
bool IsShortage(const Error& error);

// Says on standard error that users are refused for `limit`, once a minute at
// the most. Thread-safe.
void ReportRefusal(std::string_view limit);

// The same for the limit on open files.
void ReportShortage();

// Lifts the limit of this process as far as it may be lifted.
void RaiseDescriptorLimit();

// How many users may be connected, so that each request finds a descriptor for
// its backend: half of what the limit is at this moment, but for a few.
std::size_t MostUsers();

// A descriptor kept free, so that a user can still be accepted, and refused
// with a response, when there is no other.
class DescriptorReserve {
 public:
  DescriptorReserve();
  ~DescriptorReserve();
  DescriptorReserve(const DescriptorReserve&) = delete;
  DescriptorReserve& operator=(const DescriptorReserve&) = delete;

  void Release();
  void Restore();  // As soon as it can be.

 private:
  int descriptor_ = -1;
};

}  // namespace access_point
