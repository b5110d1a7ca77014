#include "io/spool.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "core/error.hpp"
#include "io/atomic_file.hpp"

namespace tripartite {

Spool::Spool(std::string path, std::uint64_t length) : path_(std::move(path)), length_(length) {
    file_ = std::fopen(path_.c_str(), length > 0 ? "r+b" : "w+b");
    if (!file_) fail_to_write(path_, errno);
    struct stat status {};
    if (fstat(fileno(file_), &status) != 0 || std::uint64_t(status.st_size) < length)
        fail("{}: has {} bytes, but the checkpoint was written when it had {}; it belongs to another run", path_, status.st_size, length);
    if (ftruncate(fileno(file_), off_t(length)) != 0 || std::fseek(file_, 0, SEEK_END) != 0) fail_to_write(path_, errno);
}

Spool::~Spool() {
    if (file_) std::fclose(file_);
}

void Spool::append_bytes(const void* data, std::size_t bytes) {
    if (std::fwrite(data, 1, bytes, file_) != bytes) fail_to_write(path_, errno);
    length_ += bytes;
}

void Spool::sync() {
    if (std::fflush(file_) != 0 || fsync(fileno(file_)) != 0) fail_to_write(path_, errno);
}

void Spool::read_bytes(std::size_t group, const std::function<void(const void*, std::size_t)>& take) {
    constexpr std::size_t part = 1 << 22;
    std::vector<char> buffer(std::max<std::size_t>(1, part / group) * group);
    std::fflush(file_);
    std::fseek(file_, 0, SEEK_SET);
    std::uint64_t total = 0;
    for (std::size_t bytes; (bytes = std::fread(buffer.data(), 1, buffer.size(), file_)) > 0; total += bytes) take(buffer.data(), bytes);
    if (total != length_) fail("{}: {} of {} bytes can be read: {}; the disk may be failing", path_, total, length_, std::strerror(errno));
    std::fseek(file_, 0, SEEK_END);
}

void Spool::remove() {
    std::fclose(file_);
    file_ = nullptr;
    ::unlink(path_.c_str());
}

}  // namespace tripartite
