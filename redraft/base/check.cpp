#include "redraft/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace redraft {

void CheckFailed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "redraft: bug: %s does not hold (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace redraft
