#pragma once

// The reward model with a language model's eyes (reward/lm_model.h) as a judge: what the model
// reads are requests, so that the ledger keeps them and a text that meets many others is read once.

#include <memory>

#include "redraft/judge/judge.h"
#include "redraft/reward/lm_model.h"

namespace redraft::judge {

/// Asks for the log-likelihood and the hidden state of both texts, of the endpoint that serves
/// `model->data().reader_id`; for nothing where the built-in model alone decides. Blind to order by
/// construction. A reading of another size, or with numbers that are none, gives no verdict.
std::unique_ptr<Judge> LmJudge(std::shared_ptr<const reward::LmReward> model);

}  // namespace redraft::judge
