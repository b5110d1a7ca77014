#include <gtest/gtest.h>

#include "experiment/section.hpp"
#include "experiment/write_yaml.hpp"

namespace tripartite {
namespace {

YamlNode parsed(std::string_view text) {
    Problems problems("FILE");
    YamlNode root = parse_yaml(text, problems);
    problems.raise();
    return root;
}

/// What is reported when these assignments are made.
std::string set(YamlNode& root, std::initializer_list<std::string_view> assignments) {
    Problems problems("FILE");
    for (const auto assignment : assignments) override_yaml(root, assignment, problems);
    try {
        problems.raise();
        return "";
    } catch (const ConfigError& error) {
        return error.what();
    }
}

struct Component {
    enum class Colour { red, green };
    static constexpr std::string_view colours[] = {"red", "green"};
    double time = 5;
    int count = 2;
    std::uint64_t key = 3;
    bool on = false;
    std::string label = "none";
    Colour colour = Colour::red;
    static constexpr auto fields() {
        using C = Component;
        return std::tuple{field("time", &C::time, "ms", "").positive(), field("count", &C::count, "", ""), field("key", &C::key, "", ""),
                          field("on", &C::on, "", ""), field("label", &C::label, "", ""), field("colour", &C::colour, "", "").one_of(colours)};
    }
};

Component component(std::string_view text) {
    Problems problems("FILE");
    const YamlNode root = parse_yaml(text, problems);
    Component c;
    Section section(root, problems);
    section.read(c, Component::fields());
    section.close();
    problems.raise();
    return c;
}

TEST(Yaml, PlacesCountFromOneAndANullStandsWhereItsKeyDoes) {
    const auto root = parsed("a: 1\nb:\n\n  - x\nc:\nd: {e: 5}\n");
    EXPECT_EQ(root.find("a")->place.line, 1);
    EXPECT_EQ(root.find("a")->place.column, 4);
    EXPECT_EQ(root.find("b")->find("0")->place.line, 4);
    EXPECT_EQ(root.find("c")->kind, YamlNode::Kind::null);
    EXPECT_EQ(root.find("c")->place.line, 5);
    EXPECT_EQ(root.find("c")->place.column, 1);
    EXPECT_EQ(root.find("d")->find("e")->path, "d.e");
}

TEST(Yaml, AnAliasReadsAsACopyOfItsAnchor) {
    const auto root = parsed("a: &x {k: 1}\nb: *x\n");
    EXPECT_EQ(root.find("b")->find("k")->scalar, "1");
    EXPECT_EQ(root.find("b")->find("k")->path, "b.k");
}

TEST(Yaml, ADocumentThatContainsItselfIsRefused) {
    EXPECT_THROW(parsed("a: &x [*x]\n"), ConfigError);
}

TEST(Yaml, AliasesThatMultiplyAreRefused) {
    std::string text = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1]\n";
    for (int i = 1; i < 10; ++i) {
        text += fmt::format("a{}: &a{} [", i, i);
        for (int j = 0; j < 8; ++j) text += fmt::format("{}*a{}", j ? ", " : "", i - 1);
        text += "]\n";
    }
    EXPECT_THROW(parsed(text), ConfigError);
}

TEST(Overrides, ReplaceAddAndReachIntoLists) {
    auto root = parsed("network: {layers: [{dense: 3}, {dense: 4}]}\nlearning:\n");
    EXPECT_EQ(set(root, {"network.layers.1.dense=100", "learning.epochs=7", "output.folder=a=b", "input.dataset={generated: {size: 4}}"}), "");
    EXPECT_EQ(root.find("network")->find("layers")->find("1")->find("dense")->scalar, "100");
    EXPECT_EQ(root.find("learning")->find("epochs")->scalar, "7");
    EXPECT_EQ(root.find("output")->find("folder")->scalar, "a=b");
    EXPECT_EQ(root.find("input")->find("dataset")->find("generated")->find("size")->scalar, "4");
}

TEST(Overrides, AWordOnTheWayStandsForAMapping) {
    auto root = parsed("loss: ce_count\n");
    EXPECT_EQ(set(root, {"loss.ce_count.label_smoothing=0.1"}), "");
    EXPECT_EQ(root.find("loss")->find("ce_count")->find("label_smoothing")->scalar, "0.1");
}

TEST(Overrides, AnAliasIsChangedWithoutItsAnchor) {
    auto root = parsed("a: &x {k: 1}\nb: *x\n");
    EXPECT_EQ(set(root, {"b.k=2"}), "");
    EXPECT_EQ(root.find("a")->find("k")->scalar, "1");
}

TEST(Overrides, MistakesNameTheOption) {
    auto root = parsed("layers: [{dense: 3}]\n");
    EXPECT_EQ(set(root, {"layers.1.dense=3"}), "--set layers.1: the list has 1 entries, counted from 0");
    EXPECT_EQ(set(root, {"layers"}), "--set layers: expected path=value, as in learning.epochs=3");
    EXPECT_EQ(set(root, {"=3"}), "--set =3: expected path=value, as in learning.epochs=3");
    EXPECT_EQ(set(root, {"seed=[1"}), "--set seed: the value:1:1: not valid YAML: end of sequence flow not found");
}

TEST(SectionReading, EveryTypeOfFieldIsRead) {
    const auto c = component("{time: 0.01 s, count: -4, key: 9223372036854775807, on: true, label: null and void, colour: green}");
    EXPECT_DOUBLE_EQ(c.time, 10);
    EXPECT_EQ(c.count, -4);
    EXPECT_EQ(c.key, 9223372036854775807u);
    EXPECT_TRUE(c.on);
    EXPECT_EQ(c.label, "null and void");
    EXPECT_EQ(c.colour, Component::Colour::green);
}

TEST(SectionReading, AMissingKeyKeepsItsDefault) {
    const auto c = component("{on: true}");
    EXPECT_EQ(c.time, 5);
    EXPECT_EQ(c.label, "none");
}

TEST(SectionReading, AWrongValueKeepsItsDefaultAndOthersAreStillChecked) {
    try {
        component("time: -1\ncount: 1.0\nkey: -1\non: True\nlabel: [a]\ncolour: grean\n");
        FAIL();
    } catch (const ConfigError& error) {
        EXPECT_STREQ(error.what(),
                     "FILE:1:7: time: must be > 0, got -1\n"
                     "FILE:2:8: count: expected a whole number, got '1.0'\n"
                     "FILE:3:6: key: must be >= 0, got -1\n"
                     "FILE:4:5: on: expected true or false, got 'True'\n"
                     "FILE:5:8: label: expected a text, got a list\n"
                     "FILE:6:9: colour: expected one of red and green, got 'grean'; did you mean 'green'?");
    }
}

TEST(WrittenYaml, ReadsBackAsTheSameTexts) {
    for (const std::string text : {"plain", "", "null", "~", "a: b", "- x", "#", " padded ", "it's", "\"quoted\"", "line\nbreak", "µm", "-3", "[a]", "1e-3 ms", "a\\b", "*x", "true", "/a b/c.d"}) {
        const auto root = parsed(YamlWriter().add("key", text).add("list", std::vector<std::string>{text, text}).text());
        EXPECT_EQ(root.find("key")->kind, YamlNode::Kind::scalar) << text;
        EXPECT_EQ(root.find("key")->scalar, text);
        EXPECT_EQ(root.find("list")->find("1")->scalar, text);
    }
}

TEST(WrittenYaml, NumbersReadBackToTheLastBit) {
    for (const double value : {0.1, 1.0 / 3, 1e-300, 123456789.123456789, 5e-324}) {
        Component c;
        c.time = value;
        EXPECT_EQ(component(YamlWriter().add_fields(c, Component::fields()).text()).time, value);
    }
}

}  // namespace
}  // namespace tripartite
