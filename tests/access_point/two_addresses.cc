// Loaded into a program ahead of the C library, gives one name two addresses,
// as a DNS server would, which no test can count on: two.test.

#include <dlfcn.h>
#include <netdb.h>

#include <cstring>

extern "C" [[gnu::visibility("default")]] int getaddrinfo(const char* name,
                                                          const char* service,
                                                          const addrinfo* hints,
                                                          addrinfo** found) {
  static const auto original = reinterpret_cast<decltype(&::getaddrinfo)>(
      ::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (name == nullptr || std::strcmp(name, "two.test") != 0) {
    return original(name, service, hints, found);
  }
  addrinfo* second = nullptr;
  if (const int error = original("127.0.0.2", service, hints, &second)) {
    return error;
  }
  if (const int error = original("127.0.0.1", service, hints, found)) {
    ::freeaddrinfo(second);
    return error;
  }
  addrinfo* last = *found;
  while (last->ai_next != nullptr) last = last->ai_next;
  last->ai_next = second;
  return 0;
}
