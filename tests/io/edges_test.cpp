#include "io/edges.hpp"

#include "io/hdf5.hpp"
#include "tests/io/temporary_folder.hpp"

namespace tripartite {
namespace {

using Ids = std::vector<std::uint32_t>;
using Reals = std::vector<double>;
using Naturals = std::vector<std::uint64_t>;

struct CsvFile {
    TemporaryFolder folder;
    std::string path = folder / "edges.csv";
    explicit CsvFile(std::string_view text) { put(path, text); }
    std::string error() const { return error_of([&] { read_edges(path); }); }
};

TEST(CsvEdges, ComeBackInTheOrderOfTheFile) {
    const auto edges = read_edges(CsvFile("source,target,weight,delay\n3,0,-1.5,0.1\n0, 7 ,2e3,1\r\n\n").path);
    EXPECT_EQ(edges.source, (Ids{3, 0}));
    EXPECT_EQ(edges.target, (Ids{0, 7}));
    EXPECT_EQ(edges.weight, (Reals{-1.5, 2000}));
    EXPECT_EQ(edges.delay, (Reals{0.1, 1}));
}

TEST(CsvEdges, HeaderWeightAndDelayAreOptional) {
    const auto two = read_edges(CsvFile("1,2\n3,4").path);
    EXPECT_EQ(two.source, (Ids{1, 3}));
    EXPECT_TRUE(two.weight.empty() && two.delay.empty());
    const auto three = read_edges(CsvFile("1,2,0.5\n").path);
    EXPECT_EQ(three.weight, Reals{0.5});
    EXPECT_TRUE(three.delay.empty());
    EXPECT_TRUE(read_edges(CsvFile("source,target\n").path).source.empty());
}

TEST(CsvEdges, ErrorsNameTheLine) {
    const auto error_in = [](std::string_view text) {
        const CsvFile file(text);
        const std::string error = file.error();
        EXPECT_TRUE(error.starts_with(file.path)) << error;
        return error.substr(std::min(file.path.size(), error.size()));
    };
    EXPECT_EQ(error_in("source,target\n1,2\n1,2,3\n"), ":3: expected 2 numbers, got '1,2,3'");
    EXPECT_EQ(error_in("1,2\n\n1,2\n"), ":2: expected 2 numbers, got ''");
    EXPECT_EQ(error_in("1,2,x\n"), ":1: weight 'x' is not a finite number");
    EXPECT_EQ(error_in("1,2,0.5mV\n"), ":1: weight '0.5mV' is not a finite number");
    EXPECT_EQ(error_in("1,2,3,nan\n"), ":1: delay 'nan' is not a finite number");
    EXPECT_EQ(error_in("1,2\n1.5,2\n"), ":2: source 1.5 is not the index of a neuron: a whole number from 0 up");
    EXPECT_EQ(error_in("source,target\n1,-2\n"), ":2: target -2 is not the index of a neuron: a whole number from 0 up");
    EXPECT_EQ(error_in("1\n"), ":1: expected 2 to 4 columns: source, target, weight and delay; got '1'");
    EXPECT_EQ(error_in("target,source\n"), ":1: expected 2 to 4 columns: source, target, weight and delay; got 'target,source'");
    EXPECT_EQ(error_in(""), ":1: expected 2 to 4 columns: source, target, weight and delay; got ''");
    EXPECT_EQ(error_of([] { read_edges("/nowhere/edges.csv"); }), "/nowhere/edges.csv: cannot be read: No such file or directory");
}

/// A SONATA file with one population, to which a test adds.
struct SonataFile {
    TemporaryFolder folder;
    std::string path = folder / "edges.h5", group = "/edges/a_to_b";
    H5Writer writer{path};

    SonataFile() {
        write("source_node_id", Naturals{3, 0, 5});
        write("target_node_id", Naturals{0, 7, 1});
    }
    template <class T> void write(const std::string& name, const std::vector<T>& values) {
        writer.write(group + "/" + name, std::span<const T>(values), {values.size()});
    }
    EdgeList read(const std::string& population = "") {
        writer.commit();
        return read_edges(path, population);
    }
    std::string error(const std::string& population = "") {
        const std::string text = error_of([&] { read(population); });
        EXPECT_TRUE(text.starts_with(path + ": ")) << text;
        return text.substr(path.size() + 2);
    }
};

TEST(SonataEdges, ComeBackInTheOrderOfTheFile) {
    SonataFile file;
    file.write("0/syn_weight", Reals{1, 2, 3});
    file.write("0/delay", Reals{0.1, 0.2, 0.3});
    const auto edges = file.read();
    EXPECT_EQ(edges.source, (Ids{3, 0, 5}));
    EXPECT_EQ(edges.target, (Ids{0, 7, 1}));
    EXPECT_EQ(edges.weight, (Reals{1, 2, 3}));
    EXPECT_EQ(edges.delay, (Reals{0.1, 0.2, 0.3}));
}

TEST(SonataEdges, TheGroupIndexSaysWhichRowBelongsToASynapse) {
    SonataFile file;
    file.write("edge_group_id", Naturals{0, 0, 0});
    file.write("edge_group_index", Naturals{2, 0, 1});
    file.write("0/syn_weight", Reals{1, 2, 3});
    const auto edges = file.read("a_to_b");
    EXPECT_EQ(edges.weight, (Reals{3, 1, 2}));
    EXPECT_TRUE(edges.delay.empty());
}

TEST(SonataEdges, ErrorsNameTheDataSet) {
    const auto error_with = [](const auto& add, const std::string& population = "") {
        SonataFile file;
        add(file);
        return file.error(population);
    };
    EXPECT_EQ(error_with([](auto&) {}, "a_to_c"), "'/edges' has no population 'a_to_c'; did you mean 'a_to_b'?");
    EXPECT_EQ(error_with([](auto& f) { f.writer.write("/edges/other/source_node_id", Naturals{1}, {1}); }),
              "'/edges' has 2 populations; name one of: a_to_b and other");
    EXPECT_EQ(error_with([](auto& f) { f.write("0/delay", Reals{1, 2}); }), "'/edges/a_to_b/0/delay' has 2 values where 3 are expected");
    EXPECT_EQ(error_with([](auto& f) { f.write("edge_group_id", Naturals{0, 1, 0}); }),
              "'/edges/a_to_b' has synapses of group 1; only files with the one group 0 are read");
    EXPECT_EQ(error_with([](auto& f) { f.write("edge_group_index", Naturals{0, 1, 3}), f.write("0/delay", Reals{1, 2, 3}); }),
              "'/edges/a_to_b/edge_group_index': synapse 2 has row 3, but '/edges/a_to_b/0/delay' has 3");
    const auto empty_group = [](auto& f) { f.group = "/edges/x", f.write("source_node_id", Naturals{std::uint64_t(1) << 32}); };
    EXPECT_EQ(error_with(empty_group, "x"), "'/edges/x/source_node_id': node id 4294967296 is too large");
    const auto no_targets = [](auto& f) { f.group = "/edges/x", f.write("source_node_id", Naturals{1}); };
    EXPECT_EQ(error_with(no_targets, "x"), "there is no dataset '/edges/x/target_node_id'");
}

}  // namespace
}  // namespace tripartite
