#include "examples/demo/slots.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <memory>
#include <string>

namespace demo {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Slots whose pieces of work begin when they get a slot and end when told.
class SlotsTest : public ::testing::Test {
 protected:
  void Arrive(char name) {
    ends_[name] = std::make_unique<Event>(io_, 1);
    asio::co_spawn(io_, slots_.Run(Work(name)), asio::detached);
    Settle();
  }

  void End(char name) {
    ends_.at(name)->try_send(error_code());
    Settle();
  }

  std::string begun_;  // in order

 private:
  using Event = asio::experimental::channel<void(error_code)>;

  void Settle() {
    io_.restart();
    io_.poll();
  }

  asio::awaitable<void> Work(char name) {
    begun_ += name;
    co_await ends_.at(name)->async_receive(asio::use_awaitable);
  }

  asio::io_context io_{1};
  std::map<char, std::unique_ptr<Event>> ends_;
  Slots slots_{io_.get_executor(), 2};
};

TEST_F(SlotsTest, AreTakenAtOnceWhileThereAreAny) {
  Arrive('a');
  EXPECT_EQ(begun_, "a");
  Arrive('b');
  EXPECT_EQ(begun_, "ab");
}

TEST_F(SlotsTest, LetNobodyInWhileAllAreTaken) {
  for (const char name : {'a', 'b', 'c', 'd'}) Arrive(name);
  EXPECT_EQ(begun_, "ab");
}

TEST_F(SlotsTest, GoToTheFirstInLineWhoeverEnds) {
  for (const char name : {'a', 'b', 'c', 'd', 'e'}) Arrive(name);
  End('b');
  EXPECT_EQ(begun_, "abc");
  End('c');
  EXPECT_EQ(begun_, "abcd");
  End('a');
  EXPECT_EQ(begun_, "abcde");
}

TEST_F(SlotsTest, LetNobodyJumpTheQueue) {
  for (const char name : {'a', 'b', 'c'}) Arrive(name);
  End('a');
  Arrive('d');
  EXPECT_EQ(begun_, "abc");
  End('b');
  EXPECT_EQ(begun_, "abcd");
}

TEST_F(SlotsTest, AreFreeAgainWhenAllHasEnded) {
  for (const char name : {'a', 'b', 'c'}) Arrive(name);
  for (const char name : {'a', 'b', 'c'}) End(name);
  for (const char name : {'d', 'e', 'f'}) Arrive(name);
  EXPECT_EQ(begun_, "abcde");
}

}  // namespace
}  // namespace demo
