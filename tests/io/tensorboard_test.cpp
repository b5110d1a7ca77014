#include "io/tensorboard.hpp"

#include <cstring>

#include "tests/io/temporary_folder.hpp"

namespace tripartite {
namespace {

template <class T> T number(std::string_view bytes) {
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

TEST(TensorBoard, ChecksumsAreThoseOfTheStandard) {
    EXPECT_EQ(crc32c("123456789"), 0xe3069283u);  // the check value of CRC-32C
    EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);  // RFC 3720, appendix B.4
    EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
}

/// The data of each record, with framing and masked checksums verified as the format's definition says.
std::vector<std::string> records_of(std::string_view file) {
    const auto masked = [](std::string_view data) {
        const std::uint32_t crc = crc32c(data);
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
    };
    std::vector<std::string> records;
    while (!file.empty()) {
        const auto length = number<std::uint64_t>(file);
        EXPECT_EQ(number<std::uint32_t>(file.substr(8)), masked(file.substr(0, 8)));
        const auto data = file.substr(12, length);
        EXPECT_EQ(number<std::uint32_t>(file.substr(12 + length)), masked(data));
        records.emplace_back(data);
        file.remove_prefix(16 + length);
    }
    return records;
}

TEST(TensorBoard, RecordsAreThoseOfTheFormat) {
    const TemporaryFolder folder;
    TensorBoardWriter writer(folder / "runs/first");
    writer.scalar("loss", 300, 0.5, 1.5);
    const auto records = records_of(contents_of(writer.path()));
    ASSERT_EQ(records.size(), 2u);
    EXPECT_EQ(records[0].substr(9), "\x1a\x0d" "brain.Event:2");
    // 1: fixed64 wall_time; 2: varint step 300 = ac 02; 5: summary {1: value {1: tag "loss", 2: fixed32 0.5}}
    const std::string expected("\x09\0\0\0\0\0\0\xf8\x3f" "\x10\xac\x02" "\x2a\x0d" "\x0a\x0b" "\x0a\x04" "loss" "\x15\0\0\0\x3f", 27);
    EXPECT_EQ(records[1], expected);
}

TEST(TensorBoard, TheFileIsWhereTheDashboardLooks) {
    const TemporaryFolder folder;
    const TensorBoardWriter writer(folder.path());
    const std::string name = std::filesystem::path(writer.path()).filename();
    EXPECT_EQ(name.find("events.out.tfevents."), 0u) << name;
    EXPECT_TRUE(std::filesystem::exists(folder / name));
}

TEST(TensorBoard, AFolderThatCannotBeIsAnError) {
    const TemporaryFolder folder;
    put(folder / "file", "x");
    EXPECT_NE(error_of([&] { TensorBoardWriter writer(folder / "file/runs"); }).find(": cannot be written: Not a directory"), std::string::npos);
}

}  // namespace
}  // namespace tripartite
