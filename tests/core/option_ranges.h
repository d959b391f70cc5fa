#pragma once

// The numbers and times among the options, with their ranges as
// include/els/options.h states them.

#include <chrono>

#include "els/options.h"

template <class T>
struct OptionRange {
  const char* name;
  T els::Options::*member;
  T low;
  T high;
};

inline constexpr OptionRange<double> kNumberRanges[] = {
    {"first_contact_limit", &els::Options::first_contact_limit, 1, 1e6},
    {"answered_weight", &els::Options::answered_weight, 0, 1},
    {"queue_by_work", &els::Options::queue_by_work, 0, 1},
    {"tail", &els::Options::tail, 0, 10},
    {"latency_memory_picks", &els::Options::latency_memory_picks, 0, 1e6},
    {"success_memory_picks", &els::Options::success_memory_picks, 0, 1e6},
    {"success_memory_spread", &els::Options::success_memory_spread, 0, 0.9},
    {"trust_after_failure", &els::Options::trust_after_failure, 0, 1},
    {"outage_growth", &els::Options::outage_growth, 0, 10},
    {"prior_weight", &els::Options::prior_weight, 0.01, 100},
    {"unproven_factor", &els::Options::unproven_factor, 1, 100},
    {"failure_cost_factor", &els::Options::failure_cost_factor, 0, 100},
    {"overdue_factor", &els::Options::overdue_factor, 1, 1000},
    {"turn_limit", &els::Options::turn_limit, 0, 0.9},
    {"turn_premium", &els::Options::turn_premium, 0, 0.9},
    {"turn_slope", &els::Options::turn_slope, 0, 10},
    {"parallelism", &els::Options::parallelism, 0, 1},
};

inline constexpr OptionRange<els::Duration> kTimeRanges[] = {
    {"initial_latency", &els::Options::initial_latency,
     std::chrono::nanoseconds(1), std::chrono::hours(1)},
    {"removed_memory", &els::Options::removed_memory,
     std::chrono::nanoseconds(0), std::chrono::hours(24)},
    {"latency_memory", &els::Options::latency_memory,
     std::chrono::milliseconds(1), std::chrono::hours(24)},
    {"success_memory", &els::Options::success_memory,
     std::chrono::milliseconds(1), std::chrono::hours(24)},
    {"failure_cost_memory", &els::Options::failure_cost_memory,
     std::chrono::milliseconds(1), std::chrono::hours(24)},
    {"turn_memory", &els::Options::turn_memory, std::chrono::milliseconds(1),
     std::chrono::hours(24)},
};
