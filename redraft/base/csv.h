#pragma once

// Reading CSV (RFC 4180): the one door to libcsv. The first record is the heading; each later one
// becomes a JSON object of strings in the heading's order. Quoted cells may hold commas, quotes and
// line breaks; empty lines are skipped.
//
// Errors   kInvalidArgument, with `name` and the number of the record (the heading is 1): quotes
//          that are never closed or stand inside an unquoted cell, a heading with an empty or
//          repeated name, a record with more or fewer cells than the heading.

#include <functional>
#include <string_view>

#include "redraft/base/json.h"
#include "redraft/base/result.h"

namespace redraft {

/// Calls `body` for each record; its first error ends the reading and is given name and number.
Status ForEachCsvRecord(std::string_view text, std::string_view name,
                        const std::function<Status(const Json& record)>& body);

}  // namespace redraft
