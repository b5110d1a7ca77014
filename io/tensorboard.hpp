#pragma once
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace tripartite {

/// Writes scalars in the format of TensorBoard: a file of TFRecords (length, its checksum, data, its checksum), each of which
/// is an Event protobuf. Source: tensorflow/core/lib/io/record_writer.h, tensorflow/core/util/event.proto.
class TensorBoardWriter {
public:
    /// Creates `folder` if it is missing, and in it the file events.out.tfevents.<time>.<host>.<process>.
    explicit TensorBoardWriter(const std::string& folder);

    /// One point of the curve `tag`; wall_time in seconds since 1970. It is in the file on return, so that a dashboard sees it.
    void scalar(std::string_view tag, std::int64_t step, double value, double wall_time);

    const std::string& path() const { return path_; }

private:
    void write_record(std::string_view data);

    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    std::string path_;
    std::unique_ptr<std::FILE, Close> file_;
};

/// CRC-32C (Castagnoli), RFC 3720 appendix B.4.
std::uint32_t crc32c(std::string_view data);

}  // namespace tripartite
