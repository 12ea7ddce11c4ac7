#include "redraft/llm/providers.h"

#include "redraft/base/assets.h"
#include "redraft/base/check.h"
#include "redraft/base/toml.h"
#include "redraft/llm/http.h"
#include "redraft/llm/reply_members.h"

namespace redraft::llm {
namespace {

const Json& Table() {
  static const Json table = [] {
    const auto file = FindAsset("data/endpoints/providers.toml");
    REDRAFT_CHECK(file.has_value());
    auto json = ParseToml(std::string(*file), "data/endpoints/providers.toml");
    REDRAFT_CHECK(json.has_value());
    return *std::move(json);
  }();
  return table;
}

std::optional<double> NumberMember(const Json& object, const char* name) {
  const Json* member = Member(object, name);
  if (member == nullptr || !member->is_number()) return {};
  return member->get<double>();
}

void ReadModel(const Json& model, KnownModel& known) {
  known.prices = {.in = NumberMember(model, "in").value_or(0.0),
                  .out = NumberMember(model, "out").value_or(0.0),
                  .cache_read = NumberMember(model, "cache_read"),
                  .cache_write = NumberMember(model, "cache_write")};
  known.priced_at = StringMember(Table(), "as_of");
  known.context = static_cast<int>(NumberMember(model, "context").value_or(0.0));
  known.dialect = DialectFromJson(model);
}

}  // namespace

std::optional<KnownModel> FindKnownModel(const std::string& url, const std::string& model) {
  const std::string host = HostOf(url);
  for (const auto& [name, provider] : Table().at("providers").items()) {
    if (provider.at("host") != host) continue;
    KnownModel known{.provider = name, .currency = StringMember(Table(), "currency")};
    known.wire = ParseWire(StringMember(provider, "format")).value_or(Wire::kOpenAi);
    known.key_variable = StringMember(provider, "key_env");
    std::string longest;
    for (const auto& [prefix, entry] : provider.at("models").items()) {
      if (!model.starts_with(prefix) || prefix.size() <= longest.size()) continue;
      longest = prefix;
      ReadModel(entry, known);
    }
    return known;
  }
  return {};
}

}  // namespace redraft::llm
