// What servers tell of their load, in C: the same as in C++, and what it
// refuses.

#include "els/c_server_load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "els/c_api.h"

namespace els {
namespace {

constexpr std::uint64_t kBegin = 3'600'000'000'000;
constexpr std::uint64_t kLater = kBegin + 10'000'000;

els_id Text(std::string_view text) { return {text.data(), text.size()}; }

class CServerLoadTest : public testing::Test {
 protected:
  CServerLoadTest() {
    els_backend backend = ELS_BACKEND_INIT;
    backend.id = Text("a");
    EXPECT_EQ(els_balancer_new(nullptr, &balancer_, nullptr, 0), ELS_OK);
    EXPECT_EQ(
        els_balancer_set_backends(balancer_, &backend, 1, kBegin, nullptr, 0),
        ELS_OK);
  }
  ~CServerLoadTest() override { els_balancer_free(balancer_); }

  els_ticket Pick() {
    els_ticket ticket = {};
    EXPECT_EQ(els_balancer_pick(balancer_, nullptr, 0, kBegin, &ticket),
              ELS_OK);
    return ticket;
  }

  els_backend_snapshot First() {
    els_snapshot* snapshot = nullptr;
    els_backend_snapshot first = ELS_BACKEND_SNAPSHOT_INIT;
    EXPECT_EQ(els_balancer_snapshot(balancer_, kLater, &snapshot), ELS_OK);
    EXPECT_EQ(els_snapshot_get(snapshot, 0, &first), ELS_OK);
    els_snapshot_free(snapshot);
    return first;
  }

  els_status Parse(std::string_view name, std::string_view value) {
    return els_server_load_parse(Text(name), Text(value), &load_,
                                 message_.data(), message_.size());
  }

  els_balancer* balancer_ = nullptr;
  els_server_load load_ = ELS_SERVER_LOAD_INIT;
  std::array<char, 100> message_ = {};
};

TEST_F(CServerLoadTest, IsReadFromHeaders) {
  EXPECT_EQ(els_is_server_load_header(Text("X-Prequal-Rif")), 1);
  EXPECT_EQ(els_is_server_load_header(Text("date")), 0);
  EXPECT_EQ(els_is_server_load_header({nullptr, 1}), 0);
  EXPECT_EQ(Parse("endpoint-load-metrics",
                  "TEXT cpu_utilization=0.5,rps_fractional=3,eps=1"),
            ELS_OK);
  EXPECT_EQ(load_.in_flight, -1);
  EXPECT_EQ(load_.utilization, 0.5);
  EXPECT_EQ(load_.requests_per_second, 3);
  EXPECT_EQ(load_.errors_per_second, 1);
  EXPECT_EQ(Parse("x-in-flight", "7"), ELS_OK);
  EXPECT_EQ(load_.in_flight, 7);
  EXPECT_EQ(load_.utilization, -1);
  EXPECT_EQ(Parse("endpoint-load-metrics", "BIN AA=="), ELS_OK);
  EXPECT_EQ(load_.in_flight, -1);
  EXPECT_EQ(load_.struct_size, sizeof load_);
}

TEST_F(CServerLoadTest, RefusesWhatIsMalformed) {
  EXPECT_EQ(Parse("x-in-flight", "7"), ELS_OK);
  EXPECT_EQ(Parse("x-in-flight", "-7"), ELS_INVALID_ARGUMENT);
  EXPECT_THAT(message_.data(), testing::HasSubstr("below 0"));
  EXPECT_EQ(load_.in_flight, 7);
  EXPECT_EQ(els_server_load_parse({nullptr, 1}, Text("7"), &load_, nullptr, 0),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(els_server_load_parse(Text("x-in-flight"), Text("7"), nullptr,
                                  nullptr, 0),
            ELS_INVALID_ARGUMENT);
  load_.struct_size = 3;
  EXPECT_EQ(Parse("x-in-flight", "7"), ELS_INVALID_ARGUMENT);
}

TEST_F(CServerLoadTest, IsReportedBeforeTheEnd) {
  EXPECT_LT(First().usual_others, 0);
  EXPECT_EQ(First().since_report_ns, UINT64_MAX);
  const els_ticket ticket = Pick();
  load_.in_flight = 4;
  EXPECT_EQ(els_ticket_report(&ticket, &load_), ELS_OK);
  EXPECT_LT(First().usual_others, 0) << "not yet";
  EXPECT_EQ(els_ticket_finish(&ticket, ELS_SUCCESS, kLater), ELS_OK);
  EXPECT_EQ(First().usual_others, 3);
  EXPECT_EQ(First().crowding, 1);
  EXPECT_EQ(First().since_report_ns, 0u);
  EXPECT_EQ(els_ticket_report(&ticket, &load_), ELS_ALREADY_REPORTED);
}

TEST_F(CServerLoadTest, SaysNothingWhereAllIsAbsent) {
  const els_ticket ticket = Pick();
  load_.in_flight = NAN;
  load_.utilization = -0.5;
  EXPECT_EQ(els_ticket_report(&ticket, &load_), ELS_OK);
  EXPECT_EQ(els_ticket_finish(&ticket, ELS_SUCCESS, kLater), ELS_OK);
  EXPECT_LT(First().usual_others, 0);
}

TEST_F(CServerLoadTest, RefusesTicketsThatAreNone) {
  const els_ticket empty = {};
  const els_ticket ticket = Pick();
  EXPECT_EQ(els_ticket_report(&empty, &load_), ELS_NO_BACKEND);
  EXPECT_EQ(els_ticket_report(nullptr, &load_), ELS_INVALID_ARGUMENT);
  EXPECT_EQ(els_ticket_report(&ticket, nullptr), ELS_INVALID_ARGUMENT);
  load_.struct_size = 0;
  EXPECT_EQ(els_ticket_report(&ticket, &load_), ELS_INVALID_ARGUMENT);
  EXPECT_EQ(els_ticket_drop(&ticket), ELS_OK);
}

}  // namespace
}  // namespace els
