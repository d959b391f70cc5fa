// Flushed and Good.

#include "sim/execute.h"

#include <cstdlib>
#include <iostream>

namespace els_sim {

int Flushed() {
  if (std::cout.flush().good()) return EXIT_SUCCESS;
  std::cerr << "els-sim: cannot write the output\n";
  return EXIT_FAILURE;
}

bool Good(const absl::Status& status) {
  if (!status.ok()) std::cerr << "els-sim: " << status.message() << "\n";
  return status.ok();
}

}  // namespace els_sim
