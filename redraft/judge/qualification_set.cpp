#include "redraft/judge/qualification_set.h"

namespace redraft::judge {

Result<std::vector<QualificationPair>> DefaultPairs() {
  return Fail(ErrorCode::kInvalidArgument,
              "this version has no built-in pairs; name a file of labelled pairs with --pairs");
}

}  // namespace redraft::judge
