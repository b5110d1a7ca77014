#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

/// The rules of CONTRIBUTING.md that a compiler does not check, held against the text of every source file.
namespace {

namespace fs = std::filesystem;
using Folders = std::set<std::string>;

struct Source {
    std::string folder, name;  ///< "engine", "engine/kernels_isa.cpp"
    std::vector<std::string> lines;
};

/// What each folder may include besides itself.
const std::map<std::string, Folders> may_include{
    {"core", {}},
    {"engine", {"core"}},
    {"neurons", {"core"}},
    {"synapses", {"core", "engine"}},
    {"simulation", {"core", "engine", "synapses", "io"}},
    {"learning", {"core", "engine", "synapses"}},
    {"encoders", {"core", "engine"}},
    {"datasets", {"core", "engine", "io"}},
    {"io", {"core", "engine"}},
    {"experiment", {"core", "engine", "neurons", "synapses", "simulation", "learning", "encoders", "datasets", "io"}},
    {"plot", {"core", "io"}},
    {"cli", {"core", "engine", "neurons", "synapses", "simulation", "learning", "encoders", "datasets", "io", "plot", "experiment"}},
};
/// Where the neurons' equations are compiled into the engine's loops; the equations know nothing of the engine.
const Folders may_include_engine{"neurons/compiled.hpp", "neurons/compiled.cpp", "neurons/kernels_isa.cpp"};

/// The C++ files below some folders of the repository.
std::vector<Source> sources(const Folders& folders) {
    const fs::path root = TRIPARTITE_SOURCE_DIR;
    std::vector<Source> all;
    for (const auto& folder : folders) {
        if (!fs::exists(root / folder)) continue;
        for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
            if (entry.path().extension() != ".hpp" && entry.path().extension() != ".cpp") continue;
            Source source{folder, fs::relative(entry.path(), root).string(), {}};
            std::ifstream file(entry.path());
            for (std::string line; std::getline(file, line);) source.lines.push_back(line);
            all.push_back(source);
        }
    }
    return all;
}

Folders library_folders() {
    Folders names;
    for (const auto& [folder, allowed] : may_include) names.insert(folder);
    return names;
}

/// Expects that no line breaks a rule: `broken` says how, or nothing.
void expect_of_every_line(const std::vector<Source>& files, const std::function<std::string(const Source&, const std::string&)>& broken) {
    ASSERT_FALSE(files.empty());
    for (const auto& file : files)
        for (std::size_t i = 0; i < file.lines.size(); ++i)
            if (const auto problem = broken(file, file.lines[i]); !problem.empty()) ADD_FAILURE() << file.name << ":" << i + 1 << ": " << problem;
}

std::string wrong_include(const Source& file, const std::string& line) {
    static const std::regex include(R"re(\s*#\s*include\s*"([^"]+)".*)re");
    std::smatch match;
    if (!std::regex_match(line, match, include)) return "";
    const std::string path = match[1], folder = path.substr(0, path.find('/'));
    if (!may_include.contains(folder)) return "\"" + path + "\" is not written from the root of the repository";
    if (folder == file.folder || may_include.at(file.folder).contains(folder)) return "";
    if (folder == "engine" && may_include_engine.contains(file.name)) return "";
    return file.folder + "/ may not include " + folder + "/";
}

TEST(Architecture, FoldersIncludeOnlyWhatTheyMay) { expect_of_every_line(sources(library_folders()), wrong_include); }

TEST(Architecture, OnlyTheProgramPrints) {
    Folders silent = library_folders();
    silent.erase("cli");
    static const std::regex prints(R"re((\b(f?printf|puts|fputs|perror)\s*\(|\bstd::(cout|cerr|clog)\b|\bfmt::print\s*\())re");
    expect_of_every_line(sources(silent), [](const Source&, const std::string& line) {
        return std::regex_search(line, prints) ? "prints, and only cli/ does" : "";
    });
}

/// Otherwise `./tripartite run` goes on with the old program after a change.
TEST(Architecture, TheDoorLooksForChangesInEveryFolder) {
    std::ifstream file(fs::path(TRIPARTITE_SOURCE_DIR) / "tripartite");
    const std::string door{std::istreambuf_iterator<char>(file), {}};
    std::smatch match;
    ASSERT_TRUE(std::regex_search(door, match, std::regex(R"re("\$root"/\{(cmake,[a-z,]+)\}/)re")));
    const std::string folders = match.str(1) + ",";
    for (const auto& folder : library_folders()) EXPECT_NE(folders.find("," + folder + ","), std::string::npos) << folder;
}

TEST(Architecture, FilesAreShort) {
    Folders all = library_folders();
    all.insert({"tests", "examples", "benchmarks"});
    for (const auto& file : sources(all)) EXPECT_LE(file.lines.size(), 300u) << file.name << " is long: is it one concept?";
}

/// The rules themselves can fail.
TEST(Architecture, WrongIncludesAreFound) {
    const Source model{"neurons", "neurons/lif.hpp", {}}, loops{"neurons", "neurons/compiled.hpp", {}};
    EXPECT_EQ(wrong_include(model, "#include \"engine/tile.hpp\""), "neurons/ may not include engine/");
    EXPECT_EQ(wrong_include(loops, "#include \"engine/tile.hpp\""), "");
    EXPECT_EQ(wrong_include(model, "#include \"core/dual.hpp\"  // duals"), "");
    EXPECT_EQ(wrong_include(model, "#include \"presets.hpp\""), "\"presets.hpp\" is not written from the root of the repository");
    EXPECT_EQ(wrong_include(model, "#include <vector>"), "");
}

}  // namespace
