#pragma once
#include <fmt/format.h>

#include <stdexcept>
#include <string>

namespace tripartite {

/// Anything that a user or a file can cause. Its text names the place and the remedy, and is tested.
struct Error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A broken promise of our own code: always checked, never expected.
struct InternalError : std::logic_error {
    using std::logic_error::logic_error;
};

/// Throws an Error whose text is made by fmt.
template <class... Args> [[noreturn]] void fail(fmt::format_string<Args...> text, Args&&... args) {
    throw Error(fmt::format(text, std::forward<Args>(args)...));
}

[[noreturn]] inline void check_failed(const char* condition, const char* file, int line) {
    throw InternalError(fmt::format("{}:{}: this should not happen: {} does not hold", file, line, condition));
}

}  // namespace tripartite

/// Guards our own invariants, in every build.
#define TRIPARTITE_CHECK(condition) \
    ((condition) ? void() : ::tripartite::check_failed(#condition, __FILE__, __LINE__))
