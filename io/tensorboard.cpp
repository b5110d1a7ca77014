#include "io/tensorboard.hpp"

#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <ctime>
#include <filesystem>

#include "core/error.hpp"
#include "io/atomic_file.hpp"

namespace tripartite {
namespace {

static_assert(std::endian::native == std::endian::little, "both TFRecord and protobuf are little-endian");

template <class T> std::string bytes(T value) { return {reinterpret_cast<const char*>(&value), sizeof value}; }

/// TensorFlow masks a checksum, so that the checksum of data that holds checksums stays strong.
std::uint32_t masked(std::uint32_t crc) { return std::rotr(crc, 15) + 0xa282ead8u; }

/// Protobuf: a field starts with its number and its wire type, and integers are written in groups of 7 bits.
enum Wire { varint = 0, fixed64 = 1, delimited = 2, fixed32 = 5 };
std::string as_varint(std::uint64_t value) {
    std::string text;
    for (; value >= 0x80; value >>= 7) text += char(value | 0x80);
    return text += char(value);
}
std::string key(int field, Wire wire) { return as_varint(std::uint64_t(field) << 3 | wire); }
std::string message(int field, std::string_view contents) {
    return key(field, delimited) + as_varint(contents.size()) + std::string(contents);
}

}  // namespace

std::uint32_t crc32c(std::string_view data) {
    static constexpr auto table = [] {
        std::array<std::uint32_t, 256> t{};
        for (std::uint32_t i = 0; i < 256; ++i) {
            t[i] = i;
            for (int bit = 0; bit < 8; ++bit) t[i] = t[i] >> 1 ^ (t[i] & 1 ? 0x82f63b78u : 0);
        }
        return t;
    }();
    std::uint32_t crc = ~0u;
    for (const unsigned char byte : data) crc = crc >> 8 ^ table[(crc ^ byte) & 0xff];
    return ~crc;
}

TensorBoardWriter::TensorBoardWriter(const std::string& folder) {
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    const std::time_t now = std::time(nullptr);
    path_ = fmt::format("{}/events.out.tfevents.{:010}.{}.{}", folder, now, host.data(), ::getpid());
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure) fail_to_write(path_, failure.value());
    file_.reset(std::fopen(path_.c_str(), "ae"));
    if (!file_) fail_to_write(path_, errno);
    write_record(key(1, fixed64) + bytes(double(now)) + message(3, "brain.Event:2"));
}

void TensorBoardWriter::scalar(std::string_view tag, std::int64_t step, double value, double wall_time) {
    const std::string point = message(1, tag) + key(2, fixed32) + bytes(float(value));
    write_record(key(1, fixed64) + bytes(wall_time) + key(2, varint) + as_varint(std::uint64_t(step)) + message(5, message(1, point)));
}

void TensorBoardWriter::write_record(std::string_view data) {
    const std::string length = bytes(std::uint64_t{data.size()});
    const std::string record = length + bytes(masked(crc32c(length))) + std::string(data) + bytes(masked(crc32c(data)));
    if (std::fwrite(record.data(), 1, record.size(), file_.get()) != record.size() || std::fflush(file_.get()) != 0) fail_to_write(path_, errno);
}

}  // namespace tripartite
