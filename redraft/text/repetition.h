#pragma once

// Loops: what small models fall into instead of ending.

#include <string_view>

namespace redraft::text {

/// Whether `text` repeats itself in a way that no writer means: a clause said over and over, whole
/// sentences or paragraphs again, or so little new that it compresses like a list. Anaphora,
/// refrains and leitmotifs pass.
/// Cost  linear times a constant of about 40 (periods tried).
bool IsRepetitive(std::string_view text);

}  // namespace redraft::text
