#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "experiment/read_experiment.hpp"

/// Each file in tests/errors begins with the messages that it causes, word for word.
namespace tripartite {
namespace {

const std::filesystem::path mistakes = std::filesystem::path(TRIPARTITE_SOURCE_DIR) / "tests/errors";

std::vector<std::string> names() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(mistakes)) names.push_back(entry.path().stem());
    std::ranges::sort(names);
    return names;
}

class Mistake : public testing::TestWithParam<std::string> {};

TEST_P(Mistake, IsReportedWordForWord) {
    std::ifstream file(mistakes / (GetParam() + ".yaml"));
    std::stringstream text;
    text << file.rdbuf();
    constexpr std::string_view mark = "# expect: ";
    std::string expected;
    for (std::string line; std::getline(text, line) && line.starts_with(mark);) expected += (expected.empty() ? "" : "\n") + line.substr(mark.size());
    ASSERT_FALSE(expected.empty());
    try {
        parse_experiment(text.str(), "FILE");
        FAIL() << "was accepted";
    } catch (const ConfigError& error) {
        EXPECT_EQ(error.what(), expected);
    }
}

INSTANTIATE_TEST_SUITE_P(Files, Mistake, testing::ValuesIn(names()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tripartite
