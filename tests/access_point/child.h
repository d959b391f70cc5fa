#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace access_point {

// A program run as a child process, which dies with this one.
class Child {
 public:
  // argv[0] is looked up in PATH if it has no slash. `directory` is where it
  // runs, "" for here.
  explicit Child(const std::vector<std::string>& argv,
                 const std::string& directory = "");
  ~Child();  // Kills it if it still runs.
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void Signal(int signal) const;

  // The next line of its standard output, without the newline; blocking. What
  // is left at its end if it closes that.
  std::string ReadLine();

  // Reads to the end of both its outputs and waits for it. Its exit status, or
  // -N if signal N ended it.
  int Wait();

  // Valid after Wait: what ReadLine left, and all of standard error.
  const std::string& out() const { return out_; }
  const std::string& err() const { return err_; }

 private:
  pid_t pid_ = -1;
  int out_fd_ = -1;
  int err_fd_ = -1;
  std::string out_;
  std::string err_;
};

}  // namespace access_point
