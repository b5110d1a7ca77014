#include "datasets/idx.hpp"

#include <zlib.h>

#include "tests/io/temporary_folder.hpp"

namespace tripartite {
namespace {

void put_gzip(const std::string& path, std::string_view contents) {
    const gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, contents.data(), unsigned(contents.size()));
    gzclose(file);
}

std::string big_endian(std::uint32_t value) {
    return {char(value >> 24), char(value >> 16), char(value >> 8), char(value)};
}

/// An IDX file of the given shape whose values are 0, 1, 2, ..., each modulo `period`.
std::string idx(const std::vector<std::uint32_t>& shape, int period = 256) {
    std::string text = big_endian(0x800 + std::uint32_t(shape.size()));
    std::size_t count = 1;
    for (const auto size : shape) {
        text += big_endian(size);
        count *= size;
    }
    for (std::size_t i = 0; i < count; ++i) text += char(i % std::size_t(period));
    return text;
}

TEST(Idx, PlainAndPackedFilesAreTheSame) {
    const TemporaryFolder folder;
    put(folder / "plain", idx({2, 3, 4}));
    put_gzip(folder / "packed.gz", idx({2, 3, 4}));
    for (const auto* name : {"plain", "packed.gz"}) {
        const IdxArray array = read_idx(folder / name, 3);
        EXPECT_EQ(array.shape, (std::vector<int>{2, 3, 4}));
        ASSERT_EQ(array.values.size(), 24u);
        for (int i = 0; i < 24; ++i) EXPECT_EQ(array.values[i], i);
    }
}

TEST(Idx, AFolderHoldsFourFilesPackedOrNot) {
    const TemporaryFolder folder;
    put(folder / "train-images-idx3-ubyte", idx({3, 2, 2}));
    put_gzip(folder / "train-labels-idx1-ubyte.gz", idx({3}));
    put_gzip(folder / "t10k-images-idx3-ubyte.gz", idx({1, 2, 2}));
    put(folder / "t10k-labels-idx1-ubyte", idx({1}));
    const ImageSet set = read_idx_folder(folder.path(), 3);
    EXPECT_EQ(set.classes, 3);
    EXPECT_EQ(set.train.labels, (std::vector<int>{0, 1, 2}));
    EXPECT_EQ(set.train.image(1)[3], 7);
    EXPECT_EQ(set.test.count, 1);
    EXPECT_EQ(set.test.size(), 4);

    put_gzip(folder / "t10k-images-idx3-ubyte.gz", idx({1, 2, 3}));
    EXPECT_EQ(error_of([&] { read_idx_folder(folder.path(), 3); }),
              folder.path() + ": the images to train on are 2 x 2 pixels, those to test on 2 x 3");
    std::filesystem::remove(folder / "t10k-labels-idx1-ubyte");
    EXPECT_EQ(error_of([&] { read_idx_folder(folder.path(), 3); }),
              folder / "t10k-labels-idx1-ubyte" + ": there is neither this file nor t10k-labels-idx1-ubyte.gz");
}

struct Broken {
    std::string what, contents, expected;
    bool packed = false;
};

TEST(Idx, ErrorsNameFileAndByte) {
    std::string magic = idx({2, 2, 2});
    magic.replace(0, 4, "\x12\x34\x56\x78");
    const std::vector<Broken> all{
        {"magic", magic, ": byte 0: magic number 0x12345678 is not that of an IDX file of unsigned bytes"},
        {"float type", big_endian(0xd03) + big_endian(1), ": byte 0: magic number 0x00000d03 is not that of an IDX file of unsigned bytes"},
        {"labels", idx({2}), ": byte 3: the array has 1 dimension(s), where 3 are expected"},
        {"empty", "", ": byte 0: the file ends within its header"},
        {"header", idx({2, 2, 2}).substr(0, 10), ": byte 8: the file ends within its header"},
        {"data", idx({2, 2, 2}).substr(0, 21), ": byte 21: the file ends after 5 of 8 values"},
        {"no data", idx({2, 2, 2}).substr(0, 16), ": byte 16: the file ends after 0 of 8 values"},
        {"more data", idx({2, 2, 2}) + "x", ": byte 24: there is more data than the 8 values of the header"},
        {"zero", idx({2, 0, 2}), ": byte 8: dimension 1 cannot be 0"},
        {"overflow", big_endian(0x803) + big_endian(0x7fffffff) + big_endian(0x7fffffff) + big_endian(0x7fffffff),
         ": byte 12: dimension 2 cannot be 2147483647"},
        {"huge", big_endian(0x803) + big_endian(0x7fffffff) + big_endian(28) + big_endian(28) + "abc",
         ": byte 19: the file ends after 3 of 1683627179248 values"},
        {"packed data", idx({2, 2, 2}).substr(0, 21), ": byte 21: the file ends after 5 of 8 values", true},
    };
    const TemporaryFolder folder;
    for (const auto& broken : all) {
        (broken.packed ? put_gzip : put)(folder / "file", broken.contents);
        EXPECT_EQ(error_of([&] { read_idx(folder / "file", 3); }), folder / "file" + broken.expected) << broken.what;
    }
    EXPECT_EQ(error_of([&] { read_idx(folder / "none", 3); }), folder / "none" + ": cannot be read: No such file or directory");
}

TEST(Idx, BrokenGzipDataIsNoticed) {
    const TemporaryFolder folder;
    std::string contents = idx({10, 28, 28});
    std::uint32_t noise = 1;
    for (std::size_t i = 16; i < contents.size(); ++i) contents[i] = char((noise = noise * 1664525 + 1013904223) >> 24);
    put_gzip(folder / "whole.gz", contents);
    const std::string packed = contents_of(folder / "whole.gz");

    put(folder / "short.gz", packed.substr(0, packed.size() / 2));
    const std::string error = error_of([&] { read_idx(folder / "short.gz", 3); });
    EXPECT_EQ(error.find(folder / "short.gz" + ": byte "), 0u) << error;
    EXPECT_NE(error.find(": the gzip data ends too soon; copy the file again"), std::string::npos) << error;

    put(folder / "no_checksum.gz", packed.substr(0, packed.size() - 8));
    EXPECT_EQ(error_of([&] { read_idx(folder / "no_checksum.gz", 3); }),
              folder / "no_checksum.gz" + ": byte 7856: the gzip data ends too soon; copy the file again");

    std::string flipped = packed;
    flipped[flipped.size() / 2] = char(flipped[flipped.size() / 2] ^ 1);
    put(folder / "flipped.gz", flipped);
    EXPECT_NE(error_of([&] { read_idx(folder / "flipped.gz", 3); }).find(": the gzip data is damaged; copy the file again"), std::string::npos);
}

TEST(Idx, ImagesAndLabelsMustFitTogether) {
    const TemporaryFolder folder;
    put(folder / "images", idx({3, 2, 2}));
    put(folder / "labels", idx({2}));
    put(folder / "more", idx({3}));
    EXPECT_EQ(error_of([&] { read_idx_images(folder / "images", folder / "labels", 10); }),
              folder / "images" + " holds 3 images, but " + (folder / "labels") + " holds 2 labels");
    EXPECT_EQ(error_of([&] { read_idx_images(folder / "images", folder / "more", 2); }),
              folder / "more" + ": byte 10: label 2 is not within 0 and 1");
}

}  // namespace
}  // namespace tripartite
