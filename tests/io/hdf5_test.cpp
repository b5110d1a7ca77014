#include "io/hdf5.hpp"

#include <numeric>

#include "tests/io/temporary_folder.hpp"

namespace tripartite {
namespace {

using Shape = std::vector<std::uint64_t>;

TEST(Hdf5, RangesReadWhatTheyName) {
    const TemporaryFolder folder;
    std::vector<double> values(5 * 7);
    std::iota(values.begin(), values.end(), 0.0);
    H5Writer writer(folder / "a.h5");
    writer.write("/x", values, {5, 7});
    writer.commit();
    const H5Reader reader(folder / "a.h5");
    EXPECT_EQ(reader.read<double>("/x", {{1, 2}, {0, 3, 3}}), (std::vector<double>{7, 10, 13, 14, 17, 20}));
    EXPECT_EQ(reader.read<float>("/x", {{4, 1}, {6, 1}}), std::vector<float>{34});
    EXPECT_TRUE(reader.read<double>("/x", {{2, 0}, {0, 7}}).empty());
    EXPECT_THROW(reader.read<double>("/x", {{4, 2}, {0, 7}}), InternalError);
    EXPECT_THROW(reader.read<double>("/x", {{4, 1}}), InternalError);
}

TEST(Hdf5, ListsInAttributesComeBack) {
    const TemporaryFolder folder;
    const std::vector<std::uint64_t> ids{3, 1, 1ull << 60}, none;
    H5Writer writer(folder / "a.h5");
    writer.attribute("/", "ids", ids);
    writer.attribute("/", "none", none);
    writer.attribute("/", "text", std::string("three"));
    writer.commit();
    const H5Reader reader(folder / "a.h5");
    EXPECT_EQ(reader.list_attribute("/", "ids"), ids);
    EXPECT_EQ(reader.list_attribute("/", "none"), none);
    EXPECT_EQ(error_of([&] { (void)reader.list_attribute("/", "text"); }), folder / "a.h5: attribute 'text' of '/' is not a list of integers");
}

TEST(Hdf5, NumbersOfEveryTypeComeBack) {
    const TemporaryFolder folder;
    const std::vector<double> reals{1.5, -2, 1e300, 0.1, 0, -0.0};
    const std::vector<float> floats{0.1f, 3};
    const std::vector<std::int64_t> integers{std::numeric_limits<std::int64_t>::min(), 7};
    const std::vector<std::uint64_t> naturals{std::numeric_limits<std::uint64_t>::max()};
    const std::vector<std::uint8_t> bytes{0, 255};
    H5Writer writer(folder / "a.h5");
    writer.write("/deep/in/groups/reals", reals, {2, 3});
    writer.write("/floats", floats, {2});
    writer.write("/deep/integers", integers, {1, 2, 1});
    writer.write("/naturals", naturals, {});
    writer.write("/bytes", bytes, {2});
    writer.write("/nothing", std::vector<double>{}, {0, 4});
    writer.commit();

    const H5Reader reader(folder / "a.h5");
    EXPECT_EQ(reader.read<double>("/deep/in/groups/reals"), reals);
    EXPECT_EQ(reader.read<float>("/floats"), floats);
    EXPECT_EQ(reader.read<std::int64_t>("/deep/integers"), integers);
    EXPECT_EQ(reader.read<std::uint64_t>("/naturals"), naturals);
    EXPECT_EQ(reader.read<std::uint8_t>("/bytes"), bytes);
    EXPECT_TRUE(reader.read<double>("/nothing").empty());
    EXPECT_EQ(reader.shape("/deep/in/groups/reals"), (Shape{2, 3}));
    EXPECT_EQ(reader.shape("/deep/integers"), (Shape{1, 2, 1}));
    EXPECT_EQ(reader.shape("/naturals"), Shape{});
    EXPECT_EQ(reader.shape("/nothing"), (Shape{0, 4}));
    EXPECT_EQ(reader.read<double>("/bytes"), (std::vector<double>{0, 255}));
}

TEST(Hdf5, AttributesComeBack) {
    const TemporaryFolder folder;
    const std::string long_text(200'000, 'x');  // beyond the 64 kB of an object's header
    H5Writer writer(folder / "a.h5");
    writer.write("/g/x", std::vector<double>{1}, {1});
    writer.attribute("/g/x", "unit", "mV");
    writer.attribute("/", "config", long_text);
    writer.attribute("/g", "dt", 0.1);
    writer.attribute("/g", "seed", -7);
    writer.commit();

    const H5Reader reader(folder / "a.h5");
    EXPECT_EQ(reader.text_attribute("/g/x", "unit"), "mV");
    EXPECT_EQ(reader.text_attribute("/", "config"), long_text);
    EXPECT_EQ(reader.real_attribute("/g", "dt"), 0.1);
    EXPECT_EQ(reader.integer_attribute("/g", "seed"), -7);
    EXPECT_EQ(reader.real_attribute("/g", "seed"), -7.0);
    EXPECT_TRUE(reader.has_attribute("/g", "dt"));
    EXPECT_FALSE(reader.has_attribute("/g", "dT"));
    EXPECT_FALSE(reader.has_attribute("/none", "dt"));
}

TEST(Hdf5, GroupsListTheirChildren) {
    const TemporaryFolder folder;
    H5Writer writer(folder / "a.h5");
    for (const auto* name : {"/g/b", "/g/a", "/g/c/deep"}) writer.write(name, std::vector<double>{1}, {1});
    writer.commit();
    const H5Reader reader(folder / "a.h5");
    EXPECT_EQ(reader.children("/g"), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(reader.children("/"), (std::vector<std::string>{"g"}));
    for (const auto* name : {"/", "/g", "/g/c/deep", "g/a"}) EXPECT_TRUE(reader.has(name)) << name;
    for (const auto* name : {"", "/h", "/g/d", "/h/c/deep", "/g/a/below"}) EXPECT_FALSE(reader.has(name)) << name;
    EXPECT_EQ(error_of([&] { reader.children("/h"); }), folder / "a.h5" + ": there is no group '/h'");
}

TEST(Hdf5, EqualContentsMakeEqualFiles) {
    const TemporaryFolder folder;
    for (const auto* name : {"a.h5", "b.h5"}) {
        H5Writer writer(folder / name);
        writer.write("/g/x", std::vector<double>{1, 2}, {2});
        writer.attribute("/g", "name", "value");
        writer.commit();
    }
    EXPECT_EQ(contents_of(folder / "a.h5"), contents_of(folder / "b.h5"));
}

TEST(Hdf5, AFileThatIsNotCommittedLeavesNothingAndKeepsTheOldOne) {
    const TemporaryFolder folder;
    put(folder / "a.h5", "old");
    {
        H5Writer writer(folder / "a.h5");
        writer.write("/x", std::vector<double>{1}, {1});
        EXPECT_TRUE(std::filesystem::exists(folder / "a.h5.partial"));
    }
    EXPECT_FALSE(std::filesystem::exists(folder / "a.h5.partial"));
    EXPECT_EQ(contents_of(folder / "a.h5"), "old");
}

TEST(Hdf5, AFullDiskIsAnError) {
    const TemporaryFolder folder;
    const std::vector<double> values(100'000);
    const auto write = [&] {
        H5Writer writer(folder / "a.h5");
        const FileSizeLimit limit(50'000);
        writer.write("/x", values, {values.size()});
        writer.commit();
    };
    EXPECT_EQ(error_of(write), folder / "a.h5" + ": cannot be written: File too large");
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Hdf5, AMissingFolderIsAnError) {
    const TemporaryFolder folder;
    EXPECT_EQ(error_of([&] { H5Writer writer(folder / "none/a.h5"); }),
              folder / "none/a.h5" + ": cannot be written: No such file or directory; create the folder first");
}

TEST(Hdf5, WhatAFileLacksIsNamed) {
    const TemporaryFolder folder;
    const std::string file = folder / "a.h5";
    H5Writer writer(file);
    writer.write("/x", std::vector<double>{1.5, 2}, {2});
    writer.write("/y", std::vector<std::int64_t>{256}, {1});
    writer.attribute("/x", "unit", "mV");
    writer.attribute("/x", "dt", 0.5);
    EXPECT_EQ(error_of([&] { writer.write("/y", std::vector<double>{1}, {1}); }),
              file + ": dataset '/y' cannot be written: name already exists");
    writer.commit();
    const H5Reader reader(file);
    EXPECT_EQ(error_of([&] { reader.read<double>("/z"); }), file + ": there is no dataset '/z'");
    EXPECT_EQ(error_of([&] { reader.shape("/"); }), file + ": there is no dataset '/'");
    EXPECT_EQ(error_of([&] { reader.read<std::int64_t>("/x"); }),
              file + ": dataset '/x' cannot be read: it is damaged, or not all of its numbers are 64-bit integers");
    EXPECT_EQ(error_of([&] { reader.read<std::uint8_t>("/y"); }),
              file + ": dataset '/y' cannot be read: it is damaged, or not all of its numbers are 8-bit integers");
    EXPECT_EQ(error_of([&] { reader.text_attribute("/x", "name"); }), file + ": '/x' has no attribute 'name'");
    EXPECT_EQ(error_of([&] { reader.text_attribute("/x", "dt"); }), file + ": attribute 'dt' of '/x' is not text");
    EXPECT_EQ(error_of([&] { reader.real_attribute("/x", "unit"); }), file + ": attribute 'unit' of '/x' is not a number");
    EXPECT_EQ(error_of([&] { reader.integer_attribute("/x", "dt"); }), file + ": attribute 'dt' of '/x' is not an integer");
}

TEST(Hdf5, OtherFilesAreRefused) {
    const TemporaryFolder folder;
    put(folder / "a.h5", "text");
    EXPECT_EQ(error_of([&] { H5Reader reader(folder / "a.h5"); }), folder / "a.h5" + " is not an HDF5 file");
    EXPECT_EQ(error_of([&] { H5Reader reader(folder / "b.h5"); }), folder / "b.h5" + ": cannot be read: No such file or directory");
}

}  // namespace
}  // namespace tripartite
